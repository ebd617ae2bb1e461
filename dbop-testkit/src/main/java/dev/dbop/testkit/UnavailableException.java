package dev.dbop.testkit;

/** Says why this machine cannot offer a server; a test that needs it is skipped. */
final class UnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnavailableException(String reason) {
        super(reason);
    }
}
