package dev.dbop;

import dev.dbop.sql.Database;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something that happened during a call. Immutable. */
public sealed interface RunEvent {
    /**
     * Returns the name of the call.
     *
     * @return the name given to the runner, or "unnamed"
     */
    String name();

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

    /**
     * An attempt begins.
     *
     * @param name the call
     * @param database the database
     * @param attempt its number
     */
    record AttemptStarted(String name, @Nullable Database database, int attempt) implements RunEvent {}

    /**
     * An attempt failed and is undone.
     *
     * @param name the call
     * @param database the database
     * @param attempt its number
     * @param phase where it failed
     * @param verdict what the failure called for
     * @param failure what was thrown
     * @param delay the wait before the next attempt, or null if there is none
     */
    record AttemptFailed(
            String name,
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
     * @param name the call
     * @param database the database
     * @param attempt its number
     * @param status what the database said
     * @param failure of the COMMIT; why the database could not be asked, if so, is suppressed in it
     */
    record Probed(String name, @Nullable Database database, int attempt, CommitStatus status, Throwable failure)
            implements RunEvent {}

    /**
     * A call succeeded.
     *
     * @param name the call
     * @param database the database
     * @param attempt the number of the attempt that succeeded
     * @param elapsed since the call began
     */
    record Succeeded(String name, @Nullable Database database, int attempt, Duration elapsed) implements RunEvent {}

    /**
     * A call failed, its work undone.
     *
     * @param name the call
     * @param database the database
     * @param attempt the number of the last attempt
     * @param reason why there is no further one
     * @param verdict what the last failure called for
     * @param failure what the caller gets
     */
    record GaveUp(
            String name,
            @Nullable Database database,
            int attempt,
            GiveUpReason reason,
            Verdict verdict,
            Throwable failure)
            implements RunEvent {}

    /**
     * A call ended without anybody knowing whether its work is durable.
     *
     * @param name the call
     * @param database the database
     * @param attempt the number of the last attempt
     * @param failure what the caller gets
     */
    record OutcomeUnknown(String name, @Nullable Database database, int attempt, Throwable failure)
            implements RunEvent {}
}
