package dev.dbop;

import java.util.List;

/**
 * The work may have become durable, or not: the answer to a COMMIT (or to an autocommit write) never came, and nothing
 * could be asked. The cause is the client's own failure.
 *
 * <p>dbop does not repeat such an operation, because it might then happen twice. What to do: look in the database
 * whether it happened (a row the operation writes, a business key); use a scope that can ask by itself, see {@link
 * CommitProbe}; or make the operation safe to repeat and say so with {@link DbopRunner#idempotent()}. Do not simply call again.
 */
public final class OutcomeUnknownException extends DbopException {
    private static final long serialVersionUID = 1;

    OutcomeUnknownException(String name, Throwable cause, List<AttemptRecord> attempts) {
        super(
                "call \"" + name + "\" may or may not have been committed: the connection failed before the answer"
                        + " came; look in the database before running it again, give the scope a commit probe, or declare"
                        + " the call idempotent",
                cause,
                attempts);
    }
}
