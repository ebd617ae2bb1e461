package dev.dbop;

/** {@link AttemptScope#beforeCall} has failed, on its way through the stages of an asynchronous call. */
final class NotPrepared extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotPrepared(Throwable failure) {
        super(null, failure, false, false);
    }
}
