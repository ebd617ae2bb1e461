package dev.dbop;

import dev.dbop.sql.Database;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened during a call. Immutable.
 *
 * <p>The events of one call carry the same {@link #call()} and come one after the other, in this order:
 *
 * <ol>
 *   <li>{@link AttemptStarted}, before anything is opened;
 *   <li>{@link Probed}, once for each time the database is asked what became of a COMMIT without an answer;
 *   <li>{@link AttemptFailed}, if the attempt failed, once it is undone; then, where its delay says so, the next {@link
 *       AttemptStarted} after that delay;
 *   <li>one of {@link Succeeded}, {@link GaveUp} and {@link OutcomeUnknown}, as the last: exactly one for each call of which
 *       an attempt was started, whatever ends it; an {@link Error}, an interrupt or a cancelled future too.
 * </ol>
 *
 * <p>What an attempt did between its events belongs to that attempt: its hook, its operation, COMMIT, rollback and probes.
 */
public sealed interface RunEvent {
    /**
     * Returns the call.
     *
     * @return the same instance in every event of a call
     */
    Call call();

    /**
     * Returns the name of the call.
     *
     * @return the name given to the runner, or "unnamed"
     */
    default String name() {
        return call().name();
    }

    /**
     * Returns the database.
     *
     * @return the database, or null while it is not known
     */
    @Nullable
    Database database();

    /**
     * Returns the number of the attempt the event belongs to.
     *
     * @return 1 for the first attempt
     */
    int attempt();

    /** The last event of a call. */
    sealed interface Ended extends RunEvent {
        /**
         * Returns how long the call took, waits included.
         *
         * @return since the call began
         */
        Duration elapsed();
    }

    /**
     * An attempt begins.
     *
     * @param call which call
     * @param database the database
     * @param attempt its number
     */
    record AttemptStarted(Call call, @Nullable Database database, int attempt) implements RunEvent {}

    /**
     * An attempt failed and is undone.
     *
     * @param call which call
     * @param database the database
     * @param attempt its number
     * @param phase where it failed
     * @param verdict what the failure called for
     * @param failure what was thrown
     * @param delay the wait before the next attempt, or null if there is none
     */
    record AttemptFailed(
            Call call,
            @Nullable Database database,
            int attempt,
            Phase phase,
            Verdict verdict,
            Throwable failure,
            @Nullable Duration delay)
            implements RunEvent {}

    /**
     * The answer to a COMMIT never came, and the database was asked what became of it.
     *
     * @param call which call
     * @param database the database
     * @param attempt its number
     * @param status what the database said
     * @param failure of the COMMIT; why the database could not be asked, if so, is suppressed in it
     */
    record Probed(Call call, @Nullable Database database, int attempt, CommitStatus status, Throwable failure)
            implements RunEvent {}

    /**
     * A call succeeded.
     *
     * @param call which call
     * @param database the database
     * @param attempt the number of the attempt that succeeded
     * @param elapsed since the call began
     */
    record Succeeded(Call call, @Nullable Database database, int attempt, Duration elapsed) implements Ended {}

    /**
     * A call failed, its work undone.
     *
     * @param call which call
     * @param database the database
     * @param attempt the number of the last attempt
     * @param phase where that attempt failed
     * @param reason why there is no further one
     * @param verdict what the last failure called for
     * @param failure what the caller gets
     * @param elapsed since the call began
     */
    record GaveUp(
            Call call,
            @Nullable Database database,
            int attempt,
            Phase phase,
            GiveUpReason reason,
            Verdict verdict,
            Throwable failure,
            Duration elapsed)
            implements Ended {}

    /**
     * A call ended without anybody knowing whether its work is durable.
     *
     * @param call which call
     * @param database the database
     * @param attempt the number of the last attempt
     * @param failure what the caller gets
     * @param elapsed since the call began
     */
    record OutcomeUnknown(Call call, @Nullable Database database, int attempt, Throwable failure, Duration elapsed)
            implements Ended {}
}
