package dev.dbop.observe;

import dev.dbop.Call;
import dev.dbop.GiveUpReason;
import dev.dbop.Phase;
import dev.dbop.RunEvent;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextStorage;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The spans of one call. Used by one event at a time. */
final class CallSpans {
    static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("db.system.name");
    static final AttributeKey<String> STATUS_CODE = AttributeKey.stringKey("db.response.status_code");
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    static final AttributeKey<Long> NUMBER = AttributeKey.longKey("dbop.attempt.number");
    static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("dbop.attempts");
    static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("dbop.outcome");
    static final AttributeKey<String> REASON = AttributeKey.stringKey("dbop.reason");
    static final AttributeKey<String> VERDICT = AttributeKey.stringKey("dbop.verdict");
    static final AttributeKey<String> PHASE = AttributeKey.stringKey("dbop.phase");
    static final AttributeKey<Double> DELAY = AttributeKey.doubleKey("dbop.backoff.delay");
    static final AttributeKey<String> COMMIT_STATUS = AttributeKey.stringKey("dbop.commit.status");
    static final String BACKOFF = "dbop.backoff";
    static final String PROBE = "dbop.probe";

    /** Whose spans are current in a call: a second listener must not come between. */
    private static final Object CURRENT = new Object();

    private final Tracer tracer;
    private final Context parent;
    private final Span call;
    private @Nullable Span attempt;
    private @Nullable Scope current;

    private CallSpans(Tracer tracer, Context parent, Span call) {
        this.tracer = tracer;
        this.parent = parent.with(call);
        this.call = call;
    }

    static CallSpans begin(Tracer tracer, RunEvent.AttemptStarted started) {
        Context around = Context.current();
        SpanBuilder span = tracer.spanBuilder(started.name()).setParent(around);
        return new CallSpans(tracer, around, started(span, started.database()));
    }

    private static Span started(SpanBuilder span, @Nullable Database database) {
        if (database != null) {
            span.setAttribute(SYSTEM, Words.of(database));
        }
        return span.startSpan();
    }

    void start(RunEvent.AttemptStarted event) {
        SpanBuilder builder = tracer.spanBuilder(event.name() + " attempt")
                .setParent(parent)
                .setAttribute(NUMBER, (long) event.attempt());
        Span started = started(builder, event.database());
        attempt = started;
        Call on = event.call();
        if (!on.isAsynchronous() && on.attached(CURRENT) == null) {
            on.attach(CURRENT, this);
            // What makeCurrent() does, whose result must be closed in the same block.
            current = ContextStorage.get().attach(parent.with(started));
        }
    }

    void failed(RunEvent.AttemptFailed event) {
        endAttempt(event, event.phase(), event.verdict(), event.failure());
        Duration delay = event.delay();
        if (delay != null) {
            call.addEvent(BACKOFF, Attributes.of(DELAY, delay.toNanos() / 1e9, NUMBER, (long) event.attempt()));
        }
    }

    void probed(RunEvent.Probed event) {
        Span on = attempt == null ? call : attempt;
        on.addEvent(PROBE, Attributes.of(COMMIT_STATUS, Words.of(event.status())));
    }

    /** Whatever an exporter does with the attempt's span, the call's is ended as well. */
    void end(RunEvent.Ended event) {
        try {
            endAttempt(event, null, null, null);
        } finally {
            endCall(event);
        }
    }

    private void endCall(RunEvent.Ended event) {
        if (event.database() != null) {
            call.setAttribute(SYSTEM, Words.of(event.database()));
        }
        call.setAttribute(ATTEMPTS, (long) event.attempt());
        if (event instanceof RunEvent.GaveUp gaveUp) {
            call.setAttribute(OUTCOME, Words.GAVE_UP);
            call.setAttribute(REASON, Words.of(gaveUp.reason()));
            failed(call, event.database(), gaveUp.phase(), gaveUp.verdict(), gaveUp.failure());
            call.setStatus(StatusCode.ERROR, gaveUp.reason().toString());
            call.recordException(gaveUp.failure());
        } else if (event instanceof RunEvent.OutcomeUnknown unknown) {
            call.setAttribute(OUTCOME, Words.OUTCOME_UNKNOWN);
            failed(call, event.database(), null, Verdict.OUTCOME_UNKNOWN, unknown.failure());
            call.setStatus(StatusCode.ERROR, GiveUpReason.OUTCOME_UNKNOWN.toString());
            call.recordException(unknown.failure());
        } else {
            call.setAttribute(OUTCOME, Words.SUCCESS);
        }
        call.end();
    }

    private void endAttempt(
            RunEvent event, @Nullable Phase phase, @Nullable Verdict verdict, @Nullable Throwable failure) {
        Span open = attempt;
        attempt = null;
        Scope made = current;
        current = null;
        if (made != null) {
            // First, whatever an exporter does next: the thread is somebody else's.
            made.close();
            event.call().attach(CURRENT, null);
        }
        if (open == null) {
            return;
        }
        if (event.database() != null) {
            open.setAttribute(SYSTEM, Words.of(event.database()));
        }
        if (failure != null) {
            failed(open, event.database(), phase, verdict, failure);
            open.setStatus(StatusCode.ERROR);
        }
        open.end();
    }

    private static void failed(
            Span span,
            @Nullable Database database,
            @Nullable Phase phase,
            @Nullable Verdict verdict,
            Throwable failure) {
        if (phase != null) {
            span.setAttribute(PHASE, Words.of(phase));
        }
        if (verdict != null) {
            span.setAttribute(VERDICT, Words.of(verdict));
        }
        String code = ResponseStatus.of(failure, database);
        if (code != null) {
            span.setAttribute(STATUS_CODE, code);
        }
        span.setAttribute(ERROR_TYPE, code != null ? code : failure.getClass().getName());
    }
}
