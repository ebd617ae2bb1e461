package dev.dbop.vertx;

import dev.dbop.AsyncAttempt;
import dev.dbop.AsyncAttemptScope;
import dev.dbop.AttemptContext;
import dev.dbop.Classifier;
import dev.dbop.Phase;
import dev.dbop.Reach;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.twophase.DecisionRow;
import dev.dbop.twophase.GroupId;
import dev.dbop.twophase.TwoPhaseResult;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One transaction over several databases: all of it or nothing, across crashes of this process and of the databases at any
 * point, without a coordinator process, a log directory, a node id or a clock.
 *
 * <p>The first database named holds the decisions: its branch is an ordinary transaction that begins with inserting a row
 * into the decision table, and whose COMMIT commits the whole. The other branches are prepared before and committed after
 * it. There is no mode without that table here.
 *
 * <p>What a crash leaves prepared is not finished by this class but by the recovery of dbop-jdbc ({@code
 * dev.dbop.jdbc.TwoPhase#recovery}), given the same databases with the same prefix and decision table, the same one first:
 * rows and names of branches are the same. Run it somewhere on a schedule; it may run anywhere and at any time.
 *
 * <p>PostgreSQL, MySQL and MariaDB can be any branch, others of their families the first. MySQL with its binary log on has
 * been seen to lose prepared branches when the server crashes (measured on 5.7, 8.0 and 9.7): prefer it as the first
 * branch. Databases that lose acknowledged commits, by failover or a restore to a point in time, cannot be kept together by
 * any protocol.
 *
 * <p>A call inside another's operation is a transaction of its own, and waits for the outer one's locks; use the outer
 * one's connections instead.
 *
 * <p>Immutable and thread-safe; never blocks.
 */
public final class VertxTwoPhase {
    private final VertxRunner runner;
    private final String prefix;
    private final DecisionStore store;
    private final List<Participant> participants;
    private final AsyncAttemptScope<VertxTwoPhaseTransaction> scope = new Scope();

    private VertxTwoPhase(VertxRunner runner, String prefix, DecisionStore store, List<Participant> participants) {
        this.runner = runner;
        this.prefix = prefix;
        this.store = store;
        this.participants = participants;
    }

    /**
     * Begins a description of the databases.
     *
     * @return a builder with the default prefix and decision table, no runner and no database
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Starts an operation in one transaction over the databases, again as a whole where one of them calls for it.
     *
     * @param <T> the result
     * @param operation started once per attempt, from the beginning each time; what it starts must be part of its future
     * @return completes with what the operation's future gave, and what is left to recovery. Fails with the last failure
     *     when there is no further attempt: nothing is committed anywhere; with {@link dev.dbop.OutcomeUnknownException}
     *     if the first database could not be asked what was decided: recovery finishes the transaction as a whole, one way
     *     or the other
     */
    public <T extends @Nullable Object> Future<TwoPhaseResult<T>> call(
            Function<? super VertxTwoPhaseTransaction, Future<T>> operation) {
        Objects.requireNonNull(operation, "operation");
        AtomicReference<@Nullable VertxTwoPhaseTransaction> last = new AtomicReference<>();
        return runner.<VertxTwoPhaseTransaction, T>call(scope, transaction -> {
                    last.set(transaction);
                    return operation.apply(transaction);
                })
                .map(value -> new TwoPhaseResult<>(
                        value, Objects.requireNonNull(last.get()).pending()));
    }

    /**
     * Returns the scope, for a {@link VertxRunner} other than the one given to the builder.
     *
     * @return a scope of reach {@link Reach#CONNECTION}
     */
    public AsyncAttemptScope<VertxTwoPhaseTransaction> scope() {
        return scope;
    }

    DecisionStore store() {
        return store;
    }

    List<Participant> participants() {
        return participants;
    }

    GroupId newGroup() {
        return GroupId.create(prefix, store.name(), participants.size());
    }

    private final class Scope implements AsyncAttemptScope<VertxTwoPhaseTransaction> {
        @Override
        public Reach reach() {
            return Reach.CONNECTION;
        }

        @Override
        public Classifier classifier() {
            return this::classify;
        }

        /** MySQL and MariaDB have one client, whose failures do not tell which it was: the more careful one counts. */
        private @Nullable Verdict classify(Throwable failure, Phase phase) {
            VertxFaults.Found found = VertxFaults.find(Database.POSTGRESQL, failure);
            Database.Family family = found == null || VertxFaults.isPostgres(found.exception())
                    ? Database.Family.POSTGRESQL
                    : Database.Family.MYSQL;
            Verdict careful = null;
            for (Participant participant : participants) {
                if (found == null || participant.database().family() == family) {
                    Verdict verdict = VertxClassifier.of(participant.database()).classify(failure, phase);
                    careful = careful == null || verdict == null ? verdict : careful.atLeast(verdict);
                }
            }
            return careful == null ? VertxClassifier.standard().classify(failure, phase) : careful;
        }

        @Override
        public @Nullable Database database() {
            return null;
        }

        @Override
        public CompletionStage<? extends AsyncAttempt<VertxTwoPhaseTransaction>> open(AttemptContext context) {
            return TwoPhaseAttempt.open(VertxTwoPhase.this, context).toCompletionStage();
        }

        @Override
        public String toString() {
            return "two-phase commit over "
                    + participants.stream().map(Participant::name).toList();
        }
    }

    /** Describes the databases. Not thread-safe. */
    public static final class Builder {
        private final Map<String, Pool> pools = new LinkedHashMap<>();
        private @Nullable VertxRunner runner;
        private String prefix = GroupId.DEFAULT_PREFIX;
        private DecisionTable table = DecisionTable.named("dbop_decision");

        Builder() {}

        /**
         * Adds a database. The first one added holds the decisions.
         *
         * @param name how operations ask for it; shown in messages
         * @param pool its connections; one is held per attempt, until the branch on it is finished
         * @return this builder
         * @throws IllegalArgumentException if the name is blank or taken
         */
        public Builder branch(String name, Pool pool) {
            Objects.requireNonNull(pool, "pool");
            if (name.isBlank() || pools.putIfAbsent(name, pool) != null) {
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
        public Builder runner(VertxRunner value) {
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
         * Connects to every database and checks that it can take part.
         *
         * @return completes with the transaction manager. Fails as the client does if a database cannot be reached; with
         *     {@link IllegalStateException} if the decision table is missing, two names lead to one server, a server is a
         *     replica or cannot prepare (PostgreSQL's max_prepared_transactions is 0, MySQL before 5.7.7), or the user may
         *     not list prepared branches (MySQL's XA_RECOVER_ADMIN); with {@link IllegalArgumentException} if the prefix is
         *     not of its form
         * @throws IllegalStateException if there is no runner or no database
         */
        public Future<VertxTwoPhase> build() {
            VertxRunner with = runner;
            if (with == null) {
                throw new IllegalStateException("there is no runner: give the builder a VertxRunner");
            }
            if (pools.isEmpty()) {
                throw new IllegalStateException(
                        "there is no branch: name at least one database, the first for decisions");
            }
            String named = prefix;
            DecisionTable decisions = table;
            List<Future<Participant>> looks = new ArrayList<>();
            pools.forEach((name, pool) -> looks.add(Participant.of(name, pool, !looks.isEmpty())));
            return Future.all(looks).compose(all -> {
                List<Participant> participants =
                        looks.stream().map(Future::result).toList();
                refuseTwice(participants);
                return DecisionStore.open(participants.get(0), decisions)
                        .map(store -> checked(new VertxTwoPhase(with, named, store, participants)));
            });
        }

        /** Refuses what could not be written for every call to come. */
        private static VertxTwoPhase checked(VertxTwoPhase twoPhase) {
            DecisionRow.write(
                    twoPhase.participants.stream().map(Participant::identity).toList());
            twoPhase.newGroup();
            return twoPhase;
        }

        private static void refuseTwice(List<Participant> participants) {
            Map<String, String> seen = new LinkedHashMap<>();
            for (Participant participant : participants) {
                String other = seen.putIfAbsent(participant.identity(), participant.name());
                if (other != null) {
                    throw new IllegalStateException("branches \"" + other + "\" and \"" + participant.name()
                            + "\" lead to the same server (" + participant.identity()
                            + "): one connection can do the work of both; name the server once");
                }
            }
        }
    }
}
