package dev.dbop;

/**
 * Hears what happens during calls: for logs, metrics, spans. Called on the thread that runs the call; must not block.
 *
 * <p>A listener that throws is logged and never changes a call's outcome.
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
     * costs nothing.
     *
     * @param type the type of event
     * @return true unless overridden
     */
    default boolean wants(Class<? extends RunEvent> type) {
        return true;
    }
}
