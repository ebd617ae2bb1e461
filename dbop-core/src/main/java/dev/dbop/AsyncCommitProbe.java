package dev.dbop;

import java.util.concurrent.CompletionStage;

/** The contract of {@link CommitProbe}, with a stage instead of blocking. */
@FunctionalInterface
public interface AsyncCommitProbe {
    /**
     * Starts to ask once, as {@link CommitProbe#probe}.
     *
     * @param deadline when the answer is of no use any more
     * @return completes with what is known; fails if the database could not be asked
     */
    CompletionStage<CommitStatus> probe(Deadline deadline);
}
