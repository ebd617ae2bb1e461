package dev.dbop.testkit;

import dev.dbop.sql.FaultKind;
import dev.dbop.sql.Isolation;
import dev.dbop.sql.ServerError;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How the contract suites speak to one family of databases: the tables they work on, how a session is asked for its
 * settings, and how it is made to fail. Tables are {@code counter(id, v)} with the rows 1 to 3 at 0, and {@code
 * note(body)}, without a key, so that what happens twice shows.
 */
abstract class Provocation implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    final TestDatabase database;
    private final List<TestSession> rivals = new ArrayList<>();
    private final List<CompletableFuture<Boolean>> background = new ArrayList<>();

    Provocation(TestDatabase database) {
        this.database = database;
    }

    /** SQL run by the client under test. */
    interface Sql {
        void execute(String sql) throws Exception;

        /** The first column of every row, as text. */
        List<String> query(String sql) throws Exception;
    }

    static Provocation of(TestDatabase database) {
        return switch (database.database().family()) {
            case POSTGRESQL -> new PostgreSqlProvocation(database);
            case MYSQL -> new InnoDbProvocation(database);
            case SQLITE -> new SqliteProvocation(database);
        };
    }

    void prepareTables() throws SQLException {
        database.execute(
                "create table if not exists counter (id int primary key, v int)",
                "create table if not exists note (body varchar(80))",
                "begin",
                "delete from counter",
                "delete from note",
                "insert into counter values (1, 0), (2, 0), (3, 0)",
                "commit");
    }

    /** A session that gets in the way; closed with this object. */
    final TestSession rival() throws SQLException {
        TestSession rival = TestSession.open(database);
        rivals.add(rival);
        return rival;
    }

    /** Something that happens beside the test; a failure shows when this object is closed. */
    @FunctionalInterface
    interface Beside {
        void happen() throws SQLException;
    }

    final void beside(Beside something) {
        background.add(CompletableFuture.supplyAsync(
                () -> {
                    try {
                        something.happen();
                        return true;
                    } catch (SQLException failure) {
                        throw new IllegalStateException(failure);
                    }
                },
                Provocation::onItsOwn));
    }

    /** The common pool may have one thread, and the client under test may need that. */
    private static void onItsOwn(Runnable work) {
        Thread thread = new Thread(work, "dbop-beside");
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits for what happens beside the test: a rival that is let go may still be behind whoever let it go. */
    final void awaitBeside() {
        CompletableFuture.allOf(background.toArray(new CompletableFuture<?>[0]))
                .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    /** Waits for what happens beside the test, then lets go of everything that rivals hold. */
    @Override
    public void close() throws SQLException {
        try {
            awaitBeside();
        } finally {
            background.clear();
            for (TestSession rival : rivals) {
                rival.close();
            }
            rivals.clear();
        }
    }

    /** A session that holds the lock on a row (or all of the database, where there are no row locks) until COMMIT. */
    TestSession holderOf(int id) throws SQLException {
        TestSession holder = rival();
        holder.run("begin", "update counter set v = v where id = " + id);
        return holder;
    }

    /** Asks a session for its number, or null where sessions have none. */
    abstract @Nullable String sessionId();

    /** Ask a session for everything an attempt may change, one row or several each. */
    abstract List<String> settings();

    /** Asks for the lock timeout in milliseconds. */
    abstract String lockTimeout();

    /** Asks for the statement timeout in milliseconds, or null where the server has none. */
    abstract @Nullable String statementTimeout();

    /** The shortest lock timeout the server tells from a longer one. */
    abstract Duration shortestLockTimeout();

    /** A query that runs for minutes, waiting for nobody, until it is stopped. */
    abstract String slow();

    /** Whether a session is at {@link #slow}; an earlier statement that has answered may still be listed as running. */
    final boolean isSlow(ServerSession session) {
        return session.state() == ServerSession.State.ACTIVE && session.query().contains(slow());
    }

    /** Whether two transactions may write at once; one of them can then be a deadlock's victim. */
    abstract boolean locksRows();

    /** Whether a deadlock, or whatever {@link #doom} does, takes the savepoints with it. */
    abstract boolean dropsSavepoints();

    /** The level the transaction runs at, as the server says it, or null where it has only one. */
    abstract @Nullable Isolation isolation(Sql sql) throws Exception;

    /** Sets the session's lock timeout to {@link #shortestLockTimeout}. */
    abstract String setLockTimeout();

    /** Sets the session's statement timeout to 0.1 s, or null where the server has none. */
    abstract @Nullable String setStatementTimeout();

    /** A fault of a kind as the server puts it, as far as the fault table looks: what the suites provoke, no more. */
    abstract ServerError error(FaultKind kind);

    static IllegalArgumentException notProvoked(FaultKind kind) {
        return new IllegalArgumentException("kind is " + kind + ": the contract suites provoke no such fault");
    }

    /** Fails; the transaction does not survive it, although the connection does. */
    abstract void doom(Sql sql) throws Exception;

    /** Makes the COMMIT that comes next fail with an answer of the server. */
    abstract void refuseCommit(Sql sql) throws Exception;

    /**
     * Fails in a deadlock with a rival, which then has its way and commits, changing nothing. Rows 1 and 2 are tried to be
     * raised by one each.
     */
    final void deadlock(Sql sql) throws Exception {
        TestSession rival = rival();
        try {
            deadlock(sql, rival);
        } finally {
            rival.run("commit");
        }
    }

    /** Fails like {@link #deadlock(Sql)}, but row 1 was raised before the savepoint: the rival goes on waiting for it. */
    final void standoff(Sql sql) throws Exception {
        TestSession rival = rival();
        try {
            deadlock(sql, rival);
        } finally {
            background.add(rival.start("commit"));
        }
    }

    private void deadlock(Sql sql, TestSession rival) throws Exception {
        rival.run(beginWithPriority());
        rival.run("update counter set v = v where id = 2");
        sql.execute("update counter set v = v + 1 where id = 1");
        background.add(rival.start("update counter set v = v where id = 1"));
        rival.awaitBlocked();
        sql.execute("update counter set v = v + 1 where id = 2");
    }

    /** Begins a transaction that will not be the victim of a deadlock. */
    abstract String[] beginWithPriority();
}
