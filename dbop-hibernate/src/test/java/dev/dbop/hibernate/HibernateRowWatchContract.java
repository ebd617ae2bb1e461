package dev.dbop.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.Sleeper;
import dev.dbop.Ticker;
import dev.dbop.hibernate.HibernateRowWatchEntities.Job;
import dev.dbop.hibernate.HibernateRowWatchEntities.Owner;
import dev.dbop.hibernate.HibernateRowWatchEntities.Print;
import dev.dbop.hibernate.HibernateRowWatchEntities.State;
import dev.dbop.sql.Database;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.watch.RowDeletedException;
import dev.dbop.watch.RowMissingException;
import dev.dbop.watch.RowWatchTimeoutException;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Waiting for an entity to change. Time passes only in sleeps, and others act in them. */
abstract class HibernateRowWatchContract implements Sleeper, Ticker {
    /** Stops no look: what is left of the scripted time would be its limit in real time. */
    private static final DbopRunner PATIENT = DbopRunner.create().listeners().scheduler((task, delay) -> () -> {});

    final TestDatabase db;
    private final Deque<Act> acts = new ArrayDeque<>();
    private int sleeps;
    private long nanos;
    SessionFactory factory;

    @FunctionalInterface
    interface Act {
        void play() throws SQLException;
    }

    HibernateRowWatchContract(TestDatabase db) {
        this.db = db;
    }

    @Override
    public void sleep(Duration duration) {
        sleeps++;
        nanos += duration.toNanos();
        Act act = acts.poll();
        try {
            if (act != null) {
                act.play();
            }
        } catch (SQLException failure) {
            throw new AssertionError("the other client failed", failure);
        }
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    private void meanwhile(String... statements) {
        acts.add(() -> db.execute(statements));
    }

    @BeforeEach
    void createTables() throws SQLException {
        String bytes = db.database() == Database.POSTGRESQL ? "BYTEA" : "VARBINARY(20)";
        db.execute(
                "DROP TABLE IF EXISTS watched_job_tags",
                "DROP TABLE IF EXISTS watched_paper",
                "DROP TABLE IF EXISTS watched_print",
                "DROP TABLE IF EXISTS watched_job",
                "DROP TABLE IF EXISTS watched_owner",
                "CREATE TABLE watched_owner (id INT PRIMARY KEY, name VARCHAR(9))",
                "CREATE TABLE watched_job (id INT PRIMARY KEY, version INT, state VARCHAR(9), result " + bytes
                        + ", began INT, ended INT, owner_id INT)",
                "CREATE TABLE watched_print (id INT PRIMARY KEY, pages INT)",
                "CREATE TABLE watched_paper (id INT PRIMARY KEY, format VARCHAR(9))",
                "CREATE TABLE watched_job_tags (watched_job_id INT, tags VARCHAR(9))",
                "INSERT INTO watched_owner VALUES (1, 'a'), (2, 'b')",
                "INSERT INTO watched_job VALUES (1, 0, 'N', NULL, 1, NULL, 1), (2, 0, 'N', NULL, NULL, NULL, NULL)",
                "INSERT INTO watched_print VALUES (1, 10)",
                "INSERT INTO watched_paper VALUES (1, 'A4')");
        factory = Factories.over(db.dataSource(), db.database(), Owner.class, Job.class, Print.class);
    }

    @AfterEach
    void closeFactory() {
        factory.close();
    }

    private <T> HibernateRowWatch<T> watch(Class<T> entity, int id) {
        return HibernateRowWatch.of(factory, entity, id)
                .every(Duration.ofSeconds(1))
                .within(Duration.ofSeconds(5))
                .runner(PATIENT)
                .ticker(this)
                .sleeper(this);
    }

    @Test
    void aChangeInAnyTableOfTheEntityEndsTheWait() throws Exception {
        meanwhile("UPDATE watched_paper SET format = 'A3' WHERE id = 1");
        Job first = watch(Job.class, 1).awaitChange();
        assertThat(first)
                .isInstanceOfSatisfying(
                        Print.class, print -> assertThat(print.format).isEqualTo("A3"));
        meanwhile("UPDATE watched_print SET pages = 11 WHERE id = 1");
        assertThat(watch(Print.class, 1).awaitChange().pages).isEqualTo(11);
        meanwhile("UPDATE watched_job SET state = 'D' WHERE id = 1");
        assertThat(watch(Job.class, 1).awaitChange().state).isEqualTo(State.DONE);
        assertThat(sleeps).isEqualTo(3);
    }

    @Test
    void valuesCompareByTheMapping() throws Exception {
        String one = db.database() == Database.POSTGRESQL ? "'\\x01'" : "x'01'";
        Job seen = watch(Job.class, 1).snapshot();
        db.execute("UPDATE watched_job SET result = " + one + " WHERE id = 1");
        seen = watch(Job.class, 1).awaitChangeFrom(seen);
        assertThat(seen.result).containsExactly(1);
        meanwhile("UPDATE watched_job SET result = " + one + " WHERE id = 1");
        meanwhile("UPDATE watched_owner SET name = 'x' WHERE id = 1");
        meanwhile("INSERT INTO watched_job_tags VALUES (1, 'other')");
        meanwhile("UPDATE watched_job SET ended = 9 WHERE id = 1");
        Job spanned = watch(Job.class, 1).awaitChangeFrom(seen);
        assertThat(spanned.span.ended).isEqualTo(9);
        meanwhile("UPDATE watched_job SET owner_id = 2 WHERE id = 1");
        watch(Job.class, 1).awaitChangeFrom(spanned);
        assertThat(sleeps).isEqualTo(5);
    }

    @Test
    void onlyChosenAttributesCount() throws Exception {
        meanwhile("UPDATE watched_job SET ended = 9 WHERE id = 1");
        meanwhile("UPDATE watched_print SET pages = 11 WHERE id = 1");
        meanwhile("UPDATE watched_job SET version = 1 WHERE id = 1");

        assertThat(watch(Job.class, 1).attributes("version", "state").awaitChange().version)
                .isEqualTo(1);
        assertThat(sleeps).isEqualTo(3);
        meanwhile("UPDATE watched_print SET pages = 12 WHERE id = 1");
        watch(Job.class, 1).attributes("pages").awaitChange();
        assertThatThrownBy(() -> watch(Job.class, 1).attributes("tags"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "attribute tags of Job cannot be watched: must be one of [format, owner, pages, result, span,"
                                + " state, version], no collection and not fetched lazily");
        assertThatThrownBy(() -> watch(Job.class, 1).attributes()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void missingDeletedAndLateEntitiesAreErrors() {
        assertThatThrownBy(() -> watch(Job.class, 9).awaitChange())
                .isInstanceOf(RowMissingException.class)
                .hasMessageStartingWith("row of entity Job with id=9 is not there");
        assertThatThrownBy(() -> watch(Job.class, 9).snapshot()).isInstanceOf(RowMissingException.class);
        assertThatThrownBy(() -> watch(Job.class, 1).await(job -> job.state == State.DONE))
                .isInstanceOf(RowWatchTimeoutException.class);
        meanwhile("DELETE FROM watched_job WHERE id = 2");
        assertThatThrownBy(() -> watch(Job.class, 2).awaitChange()).isInstanceOf(RowDeletedException.class);
    }

    @Test
    void aConditionIsAskedOfTheEntity() throws Exception {
        meanwhile("UPDATE watched_job SET ended = 9 WHERE id = 1");
        meanwhile("UPDATE watched_job SET state = 'D' WHERE id = 1");
        assertThat(watch(Job.class, 1).await(job -> job.state == State.DONE).span.ended)
                .isEqualTo(9);
        assertThat(sleeps).isEqualTo(2);
    }

    @Test
    void onlyWhatIsCommittedIsSeen() throws Exception {
        try (Connection writer = db.connect();
                Statement statement = writer.createStatement()) {
            acts.add(() -> {
                writer.setAutoCommit(false);
                statement.execute("UPDATE watched_job SET state = 'D' WHERE id = 1");
            });
            acts.add(writer::rollback);
            acts.add(() -> statement.execute("UPDATE watched_job SET ended = 1 WHERE id = 1"));
            acts.add(writer::commit);

            Job changed = watch(Job.class, 1).awaitChange();

            assertThat(changed.state).isEqualTo(State.NEW);
            assertThat(sleeps).isEqualTo(4);
        }
    }

    @Test
    void aFailureThatDoesNotPassIsOneOfHibernates() throws SQLException {
        db.execute("DROP TABLE watched_paper");
        assertThatThrownBy(() -> watch(Job.class, 1).awaitChange()).isInstanceOf(PersistenceException.class);
        assertThatThrownBy(() -> watch(Job.class, 1).snapshot()).isInstanceOf(PersistenceException.class);
    }

    @Test
    void whatIsNoEntityIsRefused() {
        assertThatThrownBy(() -> watch(String.class, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> watch(Job.class, 1).within(Duration.ofMillis(1)).snapshot())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anInterruptEndsTheWait() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> watch(Job.class, 1).awaitChange()).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
