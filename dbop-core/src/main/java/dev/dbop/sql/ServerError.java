package dev.dbop.sql;

import org.jspecify.annotations.Nullable;

/**
 * What an adapter found in its client's exception; the question put to {@link FaultTable#find}.
 *
 * @param sqlState the SQLSTATE of five characters, or null where the client gives none
 * @param vendorCode the database's own error number; for SQLite the extended result code; zero or negative for none
 * @param message the server's or driver's message, or null; servers translate messages, so few rows look at it
 * @param routine the name of the PostgreSQL server function that raised the error, or null; never translated
 */
public record ServerError(
        @Nullable String sqlState,
        int vendorCode,
        @Nullable String message,
        @Nullable String routine) {
    /**
     * Makes an error known by its SQLSTATE alone.
     *
     * @param sqlState five characters
     * @return the error
     */
    public static ServerError ofSqlState(String sqlState) {
        return new ServerError(sqlState, 0, null, null);
    }

    /**
     * Makes an error known by its vendor code alone.
     *
     * @param vendorCode the database's own error number
     * @return the error
     */
    public static ServerError ofVendorCode(int vendorCode) {
        return new ServerError(null, vendorCode, null, null);
    }
}
