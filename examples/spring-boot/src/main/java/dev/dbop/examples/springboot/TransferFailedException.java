package dev.dbop.examples.springboot;

import dev.dbop.GiveUpReason;

/** A transfer that was not done, or of which that is not known. */
final class TransferFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final GiveUpReason reason;

    TransferFailedException(String id, GiveUpReason reason, Exception failure) {
        super("transfer " + id + " failed: " + reason, failure);
        this.reason = reason;
    }

    GiveUpReason reason() {
        return reason;
    }
}
