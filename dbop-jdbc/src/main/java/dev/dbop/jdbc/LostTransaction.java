package dev.dbop.jdbc;

import java.sql.SQLException;

/** What a statement gets after the transaction was lost to an earlier failure, which is the cause and is what counts. */
final class LostTransaction extends SQLException {
    private static final long serialVersionUID = 1;

    LostTransaction(SQLException failure) {
        super(
                "the transaction did not survive an earlier failure, see the cause: let that failure leave the operation",
                "25P02",
                failure);
    }
}
