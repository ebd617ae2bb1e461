package dev.dbop;

/**
 * Hears what happens during calls: for logs, metrics, spans. Must not block, and must be thread-safe: calls run side by side.
 *
 * <p>The events of one call come one after the other, see {@link RunEvent}. Those of a blocking call all come on the thread
 * that called. Those of an asynchronous call come on whatever thread its steps run on, the caller's for the first {@link
 * RunEvent.AttemptStarted}; each event sees what was written at the one before. The end of a call that was cancelled while it
 * waited comes on the thread that cancelled.
 *
 * <p>The listeners of a call hear an event in the order in which they were added. A listener that throws is logged and never
 * changes a call's outcome, nor what other listeners hear.
 */
@FunctionalInterface
public interface RunListener {
    /**
     * Hears one event.
     *
     * @param event what happened
     */
    void on(RunEvent event);

    /**
     * Tells whether events of a type are wanted, asked each time before one is made, so that a listener nobody reads
     * costs nothing. The answer may change, but not while a call is under way: a listener that begins to listen in the middle
     * of a call may hear its rest or not, and be told a wrong {@link RunEvent.Ended#elapsed()}.
     *
     * @param type the type of event
     * @return true unless overridden
     */
    default boolean wants(Class<? extends RunEvent> type) {
        return true;
    }
}
