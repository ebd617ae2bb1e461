package dev.dbop.jdbc;

import dev.dbop.jdbc.DriverMethods.Carriers;
import dev.dbop.sql.StatementText;
import java.lang.reflect.Method;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one statement of the operation takes the prologue along. Only those do for which nothing changes but the number of
 * round trips; before any other the prologue is sent alone, so that a doubt costs a round trip and nothing else.
 */
final class Ride {
    /** Prepares another text the way the statement was prepared. */
    @FunctionalInterface
    interface Preparing {
        PreparedStatement prepare(String sql) throws Throwable;
    }

    /**
     * Statements that take the transaction's snapshot themselves, as the queries of a prologue do, and give one result. LOCK
     * TABLE for one must not find a snapshot taken, and a procedure may commit.
     */
    private static final Set<String> RIDES =
            Set.of("SELECT", "VALUES", "TABLE", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE");

    private static final Set<String> EXECUTES =
            Set.of("execute", "executeQuery", "executeUpdate", "executeLargeUpdate");

    /** What is asked of the statement that ran. */
    private static final Set<String> OF_RESULTS = Set.of(
            "getResultSet",
            "getUpdateCount",
            "getLargeUpdateCount",
            "getMoreResults",
            "getGeneratedKeys",
            "getWarnings",
            "clearWarnings",
            "cancel");

    private final Statement plain;
    private final @Nullable String prepared;
    private final @Nullable Preparing preparing;
    private final Parameters parameters = new Parameters();
    private volatile @Nullable PreparedStatement carrier;

    /**
     * Prepares for a ride.
     *
     * @param plain the driver's statement
     * @param prepared its text, if it is a prepared one
     * @param preparing null if a prepared statement is of a kind that does not ride
     */
    Ride(Statement plain, @Nullable String prepared, @Nullable Preparing preparing) {
        this.plain = plain;
        this.prepared = prepared;
        this.preparing = preparing;
    }

    /** The driver's statement that a method of the operation's statement is meant for. */
    Statement target(String method) {
        Statement rode = carrier;
        return rode != null && OF_RESULTS.contains(method) ? rode : plain;
    }

    /** Whether the prologue may wait on while the operation sets this; the driver may ask the server for a type. */
    boolean waitsWhileSetting(Method method, @Nullable Object @Nullable [] arguments) {
        boolean parameter = prepared != null && arguments != null && arguments.length > 1;
        return !parameter || Parameters.repeatable(method, arguments);
    }

    /** The operation has set a parameter, or something else that another statement would lack. */
    void hasSet(Method method, @Nullable Object @Nullable [] arguments) {
        if (arguments != null && Parameters.repeatable(method, arguments)) {
            parameters.keep(method, arguments);
        } else {
            parameters.lose();
        }
    }

    /** The operation collects a batch. */
    void batches() {
        parameters.lose();
    }

    void clearParameters() {
        parameters.clear();
    }

    /** Whether a call of the operation takes the prologue along. */
    boolean takes(String method, @Nullable Object @Nullable [] arguments, @Nullable String sql, Carriers carriers)
            throws SQLException {
        int given = arguments == null ? 0 : arguments.length;
        boolean plainCall = prepared == null ? given == 1 && carriers == Carriers.ALL : given == 0 && preparing != null;
        return plainCall
                && sql != null
                && EXECUTES.contains(method)
                && fits(sql)
                && !(method.endsWith("Update") && StatementText.reads(sql))
                && isOrdinary()
                && (prepared != null || isRead(sql));
    }

    private boolean fits(String sql) {
        String text = sql.strip();
        int end = text.indexOf(';');
        boolean one = end < 0 || end == text.length() - 1;
        // JDBC escapes may be refused before anything is sent; a prepared text has been read by now.
        boolean read = prepared == null ? text.indexOf('{') < 0 : parameters.areAllOf(sql);
        return one && read && RIDES.contains(StatementText.keyword(text));
    }

    /** The driver refuses a text with an open quotation before it sends anything, and counts from the text's beginning. */
    private boolean isRead(String sql) throws SQLException {
        if (sql.chars().noneMatch(c -> c == '\'' || c == '"' || c == '*' || c == '$')) {
            return true;
        }
        try {
            plain.getConnection().nativeSQL(sql);
            return true;
        } catch (SQLException refused) {
            return false;
        }
    }

    /** No cursor, no limit, nothing that would concern the results of the prologue. */
    private boolean isOrdinary() throws SQLException {
        return plain.getFetchSize() == 0
                && plain.getMaxRows() == 0
                && plain.getMaxFieldSize() == 0
                && plain.getQueryTimeout() == 0
                && !plain.isCloseOnCompletion()
                && plain.getResultSetType() == ResultSet.TYPE_FORWARD_ONLY
                && plain.getResultSetConcurrency() == ResultSet.CONCUR_READ_ONLY;
    }

    /** Makes ready the statement that takes the prologue along; null if the driver refuses. */
    @Nullable
    Statement carrier(Prologue prologue) throws Throwable {
        if (preparing == null || prepared == null) {
            return plain;
        }
        PreparedStatement other = null;
        try {
            other = preparing.prepare(prologue.before(prepared));
            parameters.setOn(other);
        } catch (SQLException refused) {
            if (other != null) {
                other.close();
            }
            return null;
        }
        carrier = other;
        return other;
    }

    /** Runs prologue and statement, reads past what the prologue gave; returns whether the statement gives rows. */
    boolean execute(Statement with, @Nullable String sql, Prologue prologue) throws SQLException {
        prologue.check();
        PreparedStatement own = carrier;
        boolean rows;
        prologue.leaving(true);
        try {
            rows = own == null ? with.execute(prologue.before(Objects.requireNonNull(sql))) : own.execute();
        } finally {
            prologue.leaving(false);
        }
        prologue.gone();
        List<String> values = new ArrayList<>(2);
        for (int i = 0; i < prologue.size(); i++) {
            if (rows) {
                read(with, values);
            }
            rows = with.getMoreResults();
        }
        prologue.answered(values);
        return rows;
    }

    private static void read(Statement with, List<String> values) throws SQLException {
        try (ResultSet row = with.getResultSet()) {
            int columns = row.next() ? row.getMetaData().getColumnCount() : 0;
            for (int i = 1; i <= columns; i++) {
                values.add(Objects.requireNonNullElse(row.getString(i), ""));
            }
        }
    }

    /** What the called method returns, or throws, of the statement's own result; texts and states are the driver's. */
    static @Nullable Object result(Statement with, String method, boolean rows) throws SQLException {
        if (method.equals("execute")) {
            return rows;
        }
        if (method.equals("executeQuery")) {
            if (!rows) {
                throw new SQLException("No results were returned by the query.", "02000");
            }
            return with.getResultSet();
        }
        if (rows) {
            throw new SQLException("A result was returned when none was expected.", "0100E");
        }
        return method.equals("executeUpdate") ? (Object) with.getUpdateCount() : (Object) with.getLargeUpdateCount();
    }

    /** The statement that rode has given what it had to give. */
    @Nullable
    PreparedStatement leaveCarrier() {
        PreparedStatement rode = carrier;
        carrier = null;
        return rode;
    }
}
