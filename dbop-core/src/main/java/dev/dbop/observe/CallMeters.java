package dev.dbop.observe;

import dev.dbop.CommitStatus;
import dev.dbop.GiveUpReason;
import dev.dbop.RunEvent;
import dev.dbop.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** The meters of calls of one name on one database, kept from their first use on. */
final class CallMeters {
    static final String CALLS = "dbop.calls";
    static final String ATTEMPTS = "dbop.attempts";
    static final String RETRIES = "dbop.retries";
    static final String BACKOFF = "dbop.backoff";
    static final String COMMIT_PROBES = "dbop.commit.probes";

    private final Timer succeeded;
    private final Counter attempts;
    private final Timer backoff;
    private final MeterOf<GiveUpReason, Timer> failed;
    private final MeterOf<Verdict, Counter> retries;
    private final MeterOf<CommitStatus, Counter> probes;

    CallMeters(MeterRegistry registry, String name, String database) {
        Tags tags = Tags.of("name", name, "database", database);
        succeeded = calls(tags, Words.SUCCESS, Words.NONE).register(registry);
        attempts = Counter.builder(ATTEMPTS)
                .description("Attempts of calls that ended")
                .tags(tags)
                .register(registry);
        backoff = Timer.builder(BACKOFF)
                .description("Waits before a retry, as decided")
                .tags(tags)
                .register(registry);
        failed = new MeterOf<>(
                reason -> calls(tags, outcome(reason), Words.of(reason)).register(registry));
        // From the beginning, so that a rate or an increase sees the very first one.
        failed.of(GiveUpReason.OUTCOME_UNKNOWN);
        retries = new MeterOf<>(verdict -> Counter.builder(RETRIES)
                .description("Attempts that failed and are made again")
                .tags(tags.and("verdict", Words.of(verdict)))
                .register(registry));
        probes = new MeterOf<>(status -> Counter.builder(COMMIT_PROBES)
                .description("What databases said became of a COMMIT without an answer")
                .tags(tags.and("status", Words.of(status)))
                .register(registry));
    }

    private static Timer.Builder calls(Tags tags, String outcome, String reason) {
        return Timer.builder(CALLS)
                .description("Calls that ended, and how long they took, waits included")
                .tags(tags.and("outcome", outcome, "reason", reason));
    }

    private static String outcome(GiveUpReason reason) {
        return reason == GiveUpReason.OUTCOME_UNKNOWN ? Words.OUTCOME_UNKNOWN : Words.GAVE_UP;
    }

    void ended(RunEvent.Ended event) {
        timer(event).record(event.elapsed());
        attempts.increment(event.attempt());
    }

    private Timer timer(RunEvent.Ended event) {
        if (event instanceof RunEvent.GaveUp gaveUp) {
            return failed.of(gaveUp.reason());
        }
        return event instanceof RunEvent.OutcomeUnknown ? failed.of(GiveUpReason.OUTCOME_UNKNOWN) : succeeded;
    }

    void failed(RunEvent.AttemptFailed event) {
        Duration delay = event.delay();
        if (delay != null) {
            retries.of(event.verdict()).increment();
            backoff.record(delay);
        }
    }

    void probed(RunEvent.Probed event) {
        probes.of(event.status()).increment();
    }
}
