package dev.dbop.jdbc;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.DbopRunner;
import dev.dbop.Deadline;
import dev.dbop.Operation;
import dev.dbop.Reach;
import dev.dbop.Ticker;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.twophase.DecisionRow;
import dev.dbop.twophase.GroupId;
import dev.dbop.twophase.TwoPhaseResult;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One transaction over several databases: all of it or nothing, across crashes of this process and of the databases at any
 * point, without a coordinator process, a log directory, a node id or a clock.
 *
 * <p>The first database named holds the decisions: its branch is an ordinary transaction that begins with inserting a row
 * into the decision table, and whose COMMIT commits the whole. The other branches are prepared before and committed after
 * it. What a crash leaves prepared is finished by {@link #recovery()}, which may run anywhere and at any time.
 *
 * <p>PostgreSQL, MySQL and MariaDB can be any branch, SQLite and others of their families the first. MySQL with its binary
 * log on has been seen to lose prepared branches when the server crashes (measured on 5.7, 8.0 and 9.7): prefer it as the
 * first branch. Databases that lose acknowledged commits, by failover or a restore to a point in time, cannot be kept
 * together by any protocol.
 *
 * <p>Immutable and thread-safe.
 */
public final class TwoPhase {
    private static final ThreadLocal<@Nullable TwoPhase> RUNNING = new ThreadLocal<>();

    private final DbopRunner runner;
    private final String prefix;
    private final @Nullable DecisionStore store;
    private final @Nullable Duration logLessDeadline;
    private final Duration drain;
    private final List<Participant> participants;
    private final AttemptScope<TwoPhaseTransaction, SQLException> scope = new Scope();

    private TwoPhase(Builder builder, @Nullable DecisionStore store, List<Participant> participants) {
        this.logLessDeadline = builder.logLessDeadline;
        this.drain = builder.drain;
        this.runner = builder.runner;
        this.prefix = builder.prefix;
        this.store = store;
        this.participants = participants;
    }

    /**
     * Begins a description of the databases.
     *
     * @return a builder with the default runner, prefix and decision table, and no database
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Runs an operation in one transaction over the databases, again as a whole where one of them calls for it, blocking
     * the calling thread.
     *
     * @param <T> the result
     * @param op run once per attempt
     * @return what the operation returned, and what is left to recovery
     * @throws SQLException the last failure when there is no further attempt; nothing is committed anywhere
     * @throws dev.dbop.OutcomeUnknownException if the first database could not be asked what was decided; recovery
     *     finishes the transaction as a whole, one way or the other
     * @throws IllegalStateException if the calling thread is inside another such call
     */
    public <T extends @Nullable Object> TwoPhaseResult<T> call(
            Operation<? super TwoPhaseTransaction, ? extends T, ? extends SQLException> op) throws SQLException {
        Objects.requireNonNull(op, "op");
        refuseNested();
        AtomicReference<@Nullable TwoPhaseTransaction> last = new AtomicReference<>();
        T value = runner.<TwoPhaseTransaction, T, SQLException>call(scope, transaction -> {
            last.set(transaction);
            RUNNING.set(this);
            try {
                return op.run(transaction);
            } finally {
                RUNNING.remove();
            }
        });
        return new TwoPhaseResult<>(value, Objects.requireNonNull(last.get()).pending());
    }

    private static void refuseNested() {
        if (RUNNING.get() != null) {
            throw new IllegalStateException(
                    "a two-phase call is running in this thread already: one inside it would be a"
                            + " transaction of its own, and wait for the outer one's locks; use the outer one's connections");
        }
    }

    /**
     * Returns the scope, for a {@link DbopRunner} other than the one given to the builder.
     *
     * @return a scope of reach {@link Reach#CONNECTION}
     */
    public AttemptScope<TwoPhaseTransaction, SQLException> scope() {
        return scope;
    }

    /**
     * Returns what finishes transactions that a crash, or a database that could not be reached, has left in between.
     *
     * @return the recovery of these databases and this prefix
     */
    public Recovery recovery() {
        return new Recovery(prefix, store, participants);
    }

    String prefix() {
        return prefix;
    }

    @Nullable
    DecisionStore store() {
        return store;
    }

    /** When the coordinator of a group that begins now sends nothing more; with a decision row it need not stop. */
    Deadline sendingDeadline() {
        return logLessDeadline == null ? Deadline.none() : Deadline.after(logLessDeadline, Ticker.system());
    }

    GroupId newGroup(AttemptContext context) throws SQLException {
        Duration deadline = logLessDeadline;
        if (store != null || deadline == null) {
            return GroupId.create(prefix, Objects.requireNonNull(store).name(), participants.size());
        }
        Duration statement = context.timeouts().statement();
        if (statement == null || statement.compareTo(drain) > 0) {
            throw new IllegalStateException("statement timeout is " + statement
                    + ": without a decision row it must be set, and not be longer than the drain of " + drain
                    + ", since nothing may run on when recovery begins; set runner.statementTimeout(...)");
        }
        long quietAfter = participants.get(0).clock()
                + deadline.plus(drain).plusSeconds(1).toSeconds();
        return GroupId.createLogLess(
                prefix,
                quietAfter,
                participants.stream().map(Participant::identity).toList());
    }

    List<Participant> participants() {
        return participants;
    }

    private final class Scope implements AttemptScope<TwoPhaseTransaction, SQLException> {
        @Override
        public Reach reach() {
            return Reach.CONNECTION;
        }

        @Override
        public Classifier classifier() {
            return JdbcClassifier.among(
                    participants.stream().map(Participant::database).toList());
        }

        @Override
        public @Nullable Database database() {
            return null;
        }

        @Override
        public Attempt<TwoPhaseTransaction, SQLException> open(AttemptContext context) throws SQLException {
            refuseNested();
            return TwoPhaseAttempt.open(TwoPhase.this, context);
        }

        @Override
        public String toString() {
            return "two-phase commit over "
                    + participants.stream().map(Participant::name).toList();
        }
    }

    /** Describes the databases. Not thread-safe. */
    public static final class Builder {
        private final Map<String, DataSource> sources = new LinkedHashMap<>();
        private DbopRunner runner = DbopRunner.create();
        private String prefix = GroupId.DEFAULT_PREFIX;
        private DecisionTable table = DecisionTable.named("dbop_decision");
        private @Nullable Duration logLessDeadline;
        private Duration drain = Duration.ZERO;

        Builder() {}

        /**
         * Adds a database. The first one added holds the decisions.
         *
         * @param name how operations ask for it; shown in messages
         * @param source its connections; one is held per attempt, until the branch on it is finished
         * @return this builder
         * @throws IllegalArgumentException if the name is blank or taken
         */
        public Builder branch(String name, DataSource source) {
            Objects.requireNonNull(source, "source");
            if (name.isBlank() || sources.putIfAbsent(name, source) != null) {
                throw new IllegalArgumentException(
                        "branch name is \"" + name + "\": must not be blank, nor used twice; name each database once");
            }
            return this;
        }

        /**
         * Sets how calls are retried, timed and logged.
         *
         * @param value the runner; its timeouts hold in every branch
         * @return this builder
         */
        public Builder runner(DbopRunner value) {
            runner = Objects.requireNonNull(value, "runner");
            return this;
        }

        /**
         * Sets what the names of prepared branches begin with, to tell applications apart that share a server.
         *
         * @param value 1 to 8 lower-case letters; "dbop" unless set
         * @return this builder
         */
        public Builder prefix(String value) {
            prefix = Objects.requireNonNull(value, "prefix");
            return this;
        }

        /**
         * Sets the table of decision rows in the first database.
         *
         * @param value must exist, see {@link DecisionTable#create}; "dbop_decision" unless set
         * @return this builder
         */
        public Builder decisionTable(DecisionTable value) {
            table = Objects.requireNonNull(value, "decisionTable");
            return this;
        }

        /**
         * Does without a decision table, for databases where none may be created: every branch is prepared, one after the
         * other, and what is found prepared after a crash tells by its order what was decided.
         *
         * <p>That is right only as long as nothing a coordinator has sent can still execute when recovery looks: no attempt
         * may send anything after the deadline, and nothing sent before may take longer than the drain, on its way and on the
         * server. PostgreSQL refuses a PREPARE that arrives later; on MySQL and MariaDB nothing does, so that a network which
         * delivers a message after the drain can make a mixed outcome. A COMMIT without an answer stays unknown until recovery
         * has run. Use the decision table wherever you can.
         *
         * @param deadline of one attempt, whole, from its begin
         * @param drain the longest time a statement may be on its way and run; the runner must set a statement timeout no
         *     longer than it
         * @return this builder
         * @throws IllegalArgumentException if either is not positive
         */
        public Builder logLess(Duration deadline, Duration drain) {
            logLessDeadline = positive("deadline", deadline);
            this.drain = positive("drain", drain);
            return this;
        }

        private static Duration positive(String name, Duration value) {
            if (value.isZero() || value.isNegative()) {
                throw new IllegalArgumentException(name + " is " + value + ": must be longer than zero");
            }
            return value;
        }

        /**
         * Connects to every database and checks that it can take part.
         *
         * @return the transaction manager
         * @throws SQLException if a database cannot be reached
         * @throws IllegalStateException if there is none, the decision table is missing, two names lead to one server, a
         *     server is a replica, cannot prepare (PostgreSQL's max_prepared_transactions is 0, MySQL before 5.7.7), or the
         *     user may not list prepared branches (MySQL's XA_RECOVER_ADMIN)
         * @throws IllegalArgumentException if the prefix is not of its form
         */
        public TwoPhase build() throws SQLException {
            if (sources.isEmpty()) {
                throw new IllegalStateException(
                        "there is no branch: name at least one database, the first for decisions");
            }
            List<Participant> participants = new ArrayList<>();
            for (Map.Entry<String, DataSource> entry : sources.entrySet()) {
                int index = participants.size();
                Participant participant =
                        Participant.of(entry.getKey(), entry.getValue(), index, index > 0 || logLessDeadline != null);
                refuseTwice(participants, participant);
                participants.add(participant);
            }
            DecisionStore store = logLessDeadline == null
                    ? DecisionStore.open(
                            participants.get(0).name(), participants.get(0).source(), table)
                    : null;
            // Refuses what could not be written for every call to come.
            List<String> identities =
                    participants.stream().map(Participant::identity).toList();
            if (store == null) {
                GroupId.createLogLess(prefix, 1, identities);
            } else {
                DecisionRow.write(identities);
                GroupId.create(prefix, store.name(), identities.size());
            }
            return new TwoPhase(this, store, List.copyOf(participants));
        }

        private static void refuseTwice(List<Participant> participants, Participant next) {
            for (Participant participant : participants) {
                if (participant.identity().equals(next.identity())) {
                    throw new IllegalStateException("branches \"" + participant.name() + "\" and \"" + next.name()
                            + "\" lead to the same server (" + next.identity()
                            + "): one connection can do the work of both;"
                            + " name the server once");
                }
            }
        }
    }
}
