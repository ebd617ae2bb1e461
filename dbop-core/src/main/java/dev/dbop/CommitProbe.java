package dev.dbop;

/**
 * Finds out what became of an attempt's COMMIT whose answer never came. Belongs to one attempt; the engine asks it after
 * {@link Attempt#rollback} has left the outcome unknown, before it would give up with {@link OutcomeUnknownException}.
 *
 * <p>Looking is not enough: a COMMIT may still be on its way while the database is asked. A probe answers {@link
 * CommitStatus#ABORTED} only if the work can never be committed any more, and makes sure of it if it has to.
 */
@FunctionalInterface
public interface CommitProbe {
    /**
     * Asks once. As long as the answer is {@link CommitStatus#IN_DOUBT}, or an exception, the engine asks again after the
     * policy's delays until the call's deadline, or for 30 seconds where there is none.
     *
     * <p>Blocks the calling thread, which is the one of the attempt, no longer than until the deadline.
     *
     * @param deadline when the answer is of no use any more
     * @return what is known
     * @throws Exception if the database could not be asked; suppressed into the failure of the attempt
     */
    CommitStatus probe(Deadline deadline) throws Exception;
}
