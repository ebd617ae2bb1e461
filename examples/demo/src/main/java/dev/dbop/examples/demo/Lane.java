package dev.dbop.examples.demo;

import dev.dbop.Classifier;
import dev.dbop.CommitStatus;
import dev.dbop.Phase;
import dev.dbop.RunEvent;
import dev.dbop.RunListener;
import dev.dbop.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What one worker lived through: its attempts, its retries and what it was told. Written by the worker's thread; read by
 * others once it has ended.
 *
 * <p>Failures of the hand-written ways are classified too, to show in the same colours what each called for, whatever
 * was done about it.
 */
final class Lane implements RunListener {
    private static final long NONE = -1;

    private final Classifier classifier;
    private final Tally tally;
    private final long start;
    private final List<Segment> segments = new ArrayList<>();
    private final List<Told> told = new ArrayList<>();
    private final Map<Verdict, Integer> retries = new EnumMap<>(Verdict.class);
    private long open = NONE;
    private Verdict lastVerdict = Verdict.GIVE_UP;
    private int resolved;

    Lane(Classifier classifier, Tally tally, long start) {
        this.classifier = classifier;
        this.tally = tally;
        this.start = start;
    }

    /** Nanoseconds since the way began. */
    long now() {
        return System.nanoTime() - start;
    }

    /** An attempt begins; a step that begins inside one belongs to it. */
    void began() {
        if (open == NONE) {
            open = now();
        }
    }

    void succeeded() {
        close(Mark.SUCCESS);
    }

    void failed(SQLException failure, Phase phase) {
        Verdict verdict = classifier.classify(failure, phase);
        if (verdict == null) {
            verdict = phase == Phase.COMMIT ? Verdict.OUTCOME_UNKNOWN : Verdict.GIVE_UP;
        }
        failed(verdict);
    }

    /** What failed last is tried again. */
    void retried() {
        retries.merge(lastVerdict, 1, Integer::sum);
    }

    void told(Told answer) {
        told.add(answer);
        tally.answered();
    }

    private void failed(Verdict verdict) {
        if (open != NONE) {
            lastVerdict = verdict;
            tally.attemptFailed();
            close(Mark.of(verdict));
        }
    }

    private void close(Mark mark) {
        segments.add(new Segment(open, now(), mark));
        open = NONE;
    }

    @Override
    public void on(RunEvent event) {
        if (event instanceof RunEvent.AttemptStarted) {
            began();
        } else if (event instanceof RunEvent.AttemptFailed failed) {
            failed(failed.verdict());
            if (failed.delay() != null) {
                retried();
            }
        } else if (event instanceof RunEvent.Probed probed) {
            resolved += isKnown(probed.status()) ? 1 : 0;
        } else if (event instanceof RunEvent.Succeeded succeeded
                && succeeded.name().equals(DbopTeller.TRANSFER)) {
            succeeded();
        }
    }

    private static boolean isKnown(CommitStatus status) {
        return status == CommitStatus.COMMITTED || status == CommitStatus.ABORTED;
    }

    List<Segment> segments() {
        return segments;
    }

    List<Told> told() {
        return told;
    }

    int retriesAfter(Verdict verdict) {
        return retries.getOrDefault(verdict, 0);
    }

    int resolvedOutcomes() {
        return resolved;
    }
}
