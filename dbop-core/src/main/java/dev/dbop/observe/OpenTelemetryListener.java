package dev.dbop.observe;

import dev.dbop.Call;
import dev.dbop.RunEvent;
import dev.dbop.RunListener;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;

/**
 * Makes OpenTelemetry spans of calls: one per call, and one per attempt as its child. Add it to a runner with {@link
 * dev.dbop.DbopRunner#listener}.
 *
 * <p>Both are of kind INTERNAL; what the driver sends is for the driver's own instrumentation to tell. The call's span has
 * the call's name, an attempt's span that name and {@code attempt}: name calls after what they do, never after what they do
 * it to. A back-off is an event of the call's span, a probe one of the attempt's. A call that fails has status ERROR and its
 * exception recorded, with the message as the driver wrote it; an attempt that fails has status ERROR. The attributes are
 * listed in the reference page on metrics and traces; those of the database semantic conventions have their names and
 * meanings.
 *
 * <p>The parent of a call's span is the span that is current where the call begins.
 *
 * <ul>
 *   <li>In a blocking call the span of an attempt is current on the calling thread from the begin of the attempt until it is
 *       undone or the call has ended, probes included: driver instrumentation and nested calls become its children, and log
 *       lines carry its ids. It is not current during a back-off, and never on another thread.
 *   <li>In an asynchronous call no span is made current: its steps run on threads of others, which would keep it. Nested
 *       calls and statements belong to whatever is current where they are started.
 * </ul>
 *
 * <p>Immutable and thread-safe. What it remembers of a call goes away with the call. If two of these listen to one call, each
 * makes spans, and those of the first are current.
 */
public final class OpenTelemetryListener implements RunListener {
    private final Tracer tracer;

    private OpenTelemetryListener(Tracer tracer) {
        this.tracer = tracer;
    }

    /**
     * Returns a listener.
     *
     * @param openTelemetry where the spans go; its instrumentation scope is {@code dev.dbop}
     * @return the listener
     */
    public static OpenTelemetryListener of(OpenTelemetry openTelemetry) {
        return new OpenTelemetryListener(openTelemetry.getTracer("dev.dbop"));
    }

    @Override
    public void on(RunEvent event) {
        Call call = event.call();
        if (event instanceof RunEvent.AttemptStarted started) {
            spans(call, started).start(started);
        } else if (call.attached(this) instanceof CallSpans spans) {
            if (event instanceof RunEvent.AttemptFailed failed) {
                spans.failed(failed);
            } else if (event instanceof RunEvent.Probed probed) {
                spans.probed(probed);
            } else if (event instanceof RunEvent.Ended ended) {
                call.attach(this, null);
                spans.end(ended);
            }
        }
    }

    private CallSpans spans(Call call, RunEvent.AttemptStarted started) {
        if (call.attached(this) instanceof CallSpans spans) {
            return spans;
        }
        CallSpans spans = CallSpans.begin(tracer, started);
        call.attach(this, spans);
        return spans;
    }
}
