package dev.dbop.benchmarks.overhead;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import javax.sql.DataSource;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.implementation.StubMethod;
import net.bytebuddy.matcher.ElementMatchers;
import org.jspecify.annotations.Nullable;

/** A data source whose one connection does everything at once and nothing really, so that only the callers are measured. */
public abstract class StubDatabase implements DataSource {
    private final StubConnection connection;

    /** For the class that is made at run time. */
    protected StubDatabase() {
        connection = make(StubConnection.class);
    }

    /**
     * Makes a data source.
     *
     * @return its connection says that it is PostgreSQL's
     */
    public static DataSource make() {
        return make(StubDatabase.class);
    }

    @Override
    public final Connection getConnection() {
        return connection;
    }

    /** Gives every abstract method a body that returns nothing, null, zero or false; a proxy would cost more than what is measured. */
    private static <T> T make(Class<T> type) {
        try {
            return new ByteBuddy()
                    .subclass(type)
                    .method(ElementMatchers.isAbstract())
                    .intercept(StubMethod.INSTANCE)
                    .make()
                    .load(type.getClassLoader())
                    .getLoaded()
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("no stub of " + type, impossible);
        }
    }

    /** The connection. */
    public abstract static class StubConnection implements Connection {
        private final StubStatement statement = make(StubStatement.class);
        private final DatabaseMetaData metaData = make(StubMetaData.class);
        private final Savepoint savepoint = make(StubSavepoint.class);
        private boolean autoCommit = true;

        /** For the class that is made at run time. */
        protected StubConnection() {}

        @Override
        public final boolean getAutoCommit() {
            return autoCommit;
        }

        @Override
        public final void setAutoCommit(boolean on) {
            autoCommit = on;
        }

        @Override
        public final int getTransactionIsolation() {
            return TRANSACTION_READ_COMMITTED;
        }

        @Override
        public final Statement createStatement() {
            return statement;
        }

        @Override
        public final DatabaseMetaData getMetaData() {
            return metaData;
        }

        @Override
        public final Savepoint setSavepoint() {
            return savepoint;
        }

        @Override
        public final Savepoint setSavepoint(@Nullable String name) {
            return savepoint;
        }

        @Override
        public final boolean isValid(int timeout) {
            return true;
        }

        @Override
        public final <T> T unwrap(Class<T> type) throws SQLException {
            if (type.isInstance(this)) {
                return type.cast(this);
            }
            throw new SQLException("no " + type.getName() + " behind a stub");
        }

        @Override
        public final boolean isWrapperFor(Class<?> type) {
            return type.isInstance(this);
        }
    }

    /** Its statement. */
    public abstract static class StubStatement implements Statement {
        /** For the class that is made at run time. */
        protected StubStatement() {}

        @Override
        public final int getUpdateCount() {
            return -1;
        }

        @Override
        public final int executeUpdate(@Nullable String sql) {
            return 1;
        }
    }

    /** What it says of itself. */
    public abstract static class StubMetaData implements DatabaseMetaData {
        /** For the class that is made at run time. */
        protected StubMetaData() {}

        @Override
        public final String getDatabaseProductName() {
            return "PostgreSQL";
        }

        @Override
        public final String getDatabaseProductVersion() {
            return "17.0";
        }

        @Override
        public final boolean supportsSavepoints() {
            return true;
        }
    }

    /** Its savepoint. */
    public abstract static class StubSavepoint implements Savepoint {
        /** For the class that is made at run time. */
        protected StubSavepoint() {}
    }
}
