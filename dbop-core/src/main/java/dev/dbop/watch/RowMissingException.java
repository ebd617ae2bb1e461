package dev.dbop.watch;

/**
 * There was no row with the key when the watch began.
 *
 * <p>What to do: check the key; wait for a row that is yet to be inserted by asking for it, not with a watch.
 */
public final class RowMissingException extends RowWatchException {
    private static final long serialVersionUID = 1;

    RowMissingException(String row) {
        super(row + " is not there: a watch begins with a row; check the key, or insert the row first", null);
    }
}
