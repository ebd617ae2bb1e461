package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.testkit.SessionState;
import dev.dbop.testkit.TestDatabase;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The simplest pool: one connection, handed out again and again as it came back, and replaced when it is closed. Resets
 * nothing, so it shows whatever a borrower has left behind.
 */
final class PoolOfOne implements DataSource, AutoCloseable {
    private final TestDatabase db;
    private final DataSource source;
    private final List<String> wrong = new ArrayList<>();
    private @Nullable Connection kept;
    private @Nullable SessionState asFound;
    private boolean lent;
    private int opened;
    private int returned;

    PoolOfOne(TestDatabase db, DataSource source) {
        this.db = db;
        this.source = source;
    }

    /** The pooled connection itself, for a test to prepare it. */
    Connection physical() throws SQLException {
        Connection physical = kept;
        if (physical == null || physical.isClosed()) {
            physical = source.getConnection();
            kept = physical;
            asFound = db.stateOf(physical);
            opened++;
        }
        return physical;
    }

    /** Takes what a test has prepared for the state to be found again. */
    void prepared() throws SQLException {
        asFound = db.stateOf(physical());
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (lent) {
            throw new SQLException("the pool's only connection is lent", "08001");
        }
        Connection physical = physical();
        lent = true;
        return (Connection) Proxy.newProxyInstance(
                PoolOfOne.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        takeBack(physical);
                        return null;
                    }
                    try {
                        return method.invoke(physical, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void takeBack(Connection physical) throws SQLException {
        if (!lent) {
            wrong.add("given back twice");
        }
        lent = false;
        if (physical.isClosed()) {
            return;
        }
        returned++;
        SessionState state = db.stateOf(physical);
        if (!state.equals(asFound)) {
            wrong.add("lent as " + asFound + ", given back as " + state);
        }
    }

    /** How many connections were opened. */
    int opened() {
        return opened;
    }

    /** How many came back alive. */
    int returned() {
        return returned;
    }

    /** Every connection came back once, alive ones as they were lent. */
    void assertAsFound() {
        assertThat(lent).as("a connection is still lent").isFalse();
        assertThat(wrong).isEmpty();
    }

    @Override
    public void close() throws SQLException {
        Connection physical = kept;
        if (physical != null) {
            physical.close();
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("user " + user + ": the pool has its own");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {
        // nothing is written
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        source.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return source.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("the pool logs nothing");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("the pool is no " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
