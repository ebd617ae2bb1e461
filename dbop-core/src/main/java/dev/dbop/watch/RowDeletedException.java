package dev.dbop.watch;

/**
 * The row was there and is not any more: deleted, or given another key.
 *
 * <p>What to do: what was waited for will not happen to this row; treat it as the end of the matter.
 */
public final class RowDeletedException extends RowWatchException {
    private static final long serialVersionUID = 1;

    RowDeletedException(String row) {
        super(row + " is gone, deleted or given another key while it was watched; it will not change any more", null);
    }
}
