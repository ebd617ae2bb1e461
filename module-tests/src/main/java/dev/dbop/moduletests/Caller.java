package dev.dbop.moduletests;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.DbopRunner;
import dev.dbop.Phase;
import dev.dbop.Reach;
import dev.dbop.Verdict;
import dev.dbop.jdbc.JdbcClassifier;
import dev.dbop.sql.Database;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** Compiled and run as a named module, with neither an SLF4J provider nor the JSpecify annotations at hand. */
public final class Caller {

    private Caller() {}

    /** Prints who called whom and how often the operation ran: once refused by the server, then done. */
    public static void main(String[] args) throws SQLException {
        int runs = call(DbopRunner.create());
        String caller = Caller.class.getModule().getName();
        String library = DbopRunner.class.getModule().getName();
        System.out.println(caller + " used " + library + ": " + runs + " runs");
    }

    /** Makes a call and returns how often its operation ran. */
    public static int call(DbopRunner runner) throws SQLException {
        return runner.named("module-path").call(new Counting(new AtomicInteger()), counter -> {
            if (counter.incrementAndGet() == 1) {
                throw new SQLException("could not serialize access", "40001");
            }
            return counter.get();
        });
    }

    /** A scope without a database behind it. */
    private record Counting(AtomicInteger counter) implements AttemptScope<AtomicInteger, SQLException> {

        @Override
        public Reach reach() {
            return Reach.CONNECTION;
        }

        @Override
        public Classifier classifier() {
            return JdbcClassifier.of(Database.POSTGRESQL);
        }

        @Override
        public Attempt<AtomicInteger, SQLException> open(AttemptContext context) {
            return new Uncommitted(counter);
        }
    }

    private record Uncommitted(AtomicInteger resource) implements Attempt<AtomicInteger, SQLException> {

        @Override
        public void commit() {}

        @Override
        public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
            return verdict;
        }
    }
}
