package dev.dbop.benchmarks.contention;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Runs one transaction after the other. What it has counted may be read when it has ended. */
final class Worker implements Callable<Boolean> {
    final boolean keeps;
    /** Microseconds of every call, of those that gave up and of one that was still running at the end too. */
    final Histogram micros = new Histogram(3);

    long commits;
    /** Committed after the time was up: right, but not counted as throughput. */
    long lateCommits;

    long attempts;
    long gaveUp;
    long unfinished;

    @Nullable
    Callable<Boolean> call;

    private final Workload workload;
    private final int number;
    private final Workload.Going going;
    private Workload.Choice choice;

    Worker(Workload workload, int number, Workload.Going going) {
        this.workload = workload;
        this.number = number;
        this.going = going;
        this.keeps = workload == Workload.KEEPERS && number < Workload.KEEPING;
        this.choice = workload.choose(number);
    }

    Boolean attempt(Connection connection) throws SQLException {
        attempts++;
        workload.run(connection, choice, going);
        return true;
    }

    @Override
    public Boolean call() throws Exception {
        Callable<Boolean> transaction = Objects.requireNonNull(call);
        while (!going.isOver()) {
            choice = workload.choose(number);
            long begun = System.nanoTime();
            boolean committed = false;
            try {
                committed = transaction.call();
            } catch (Workload.Over over) {
                unfinished++;
            } catch (Exception failure) {
                fail(failure);
            }
            micros.recordValue(Math.max(0, (System.nanoTime() - begun) / 1000));
            if (committed && going.isOver()) {
                lateCommits++;
            } else if (committed) {
                commits++;
            }
        }
        return true;
    }

    private void fail(Exception failure) throws Exception {
        if (isOver(failure)) {
            unfinished++;
        } else if (Cell.isGivingUp(failure)) {
            gaveUp++;
        } else {
            throw failure;
        }
    }

    /** Some peers wrap what they do not know. */
    private static boolean isOver(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof Workload.Over) {
                return true;
            }
        }
        return false;
    }
}
