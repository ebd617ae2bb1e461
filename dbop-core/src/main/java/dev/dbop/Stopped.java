package dev.dbop;

/** The operation ended, but after its time: there is no failure of the client to report. */
final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stopped() {
        super("stopped", null, false, false);
    }
}
