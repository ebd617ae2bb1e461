package dev.dbop.jooq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.util.Objects;
import org.jooq.Configuration;
import org.jooq.ConnectionProvider;
import org.jooq.DSLContext;
import org.jooq.TransactionProvider;
import org.jooq.TransactionalRunnable;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DefaultTransactionProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** jOOQ's own properties of transactions are refused where an attempt could not honour them. */
@RealDatabase(Database.POSTGRESQL)
class TransactionPropertiesTest {
    private final DSLContext dsl;
    private final DbopRunner runner = DbopRunner.create().listeners();

    TransactionPropertiesTest(TestDatabase db) {
        this.dsl = Jooq.using(db, db.dataSource());
    }

    @BeforeEach
    void jooqHasThem() {
        Assumptions.assumeTrue(propertyType() != null, "jOOQ has them from version 3.21");
    }

    private static @Nullable Class<?> propertyType() {
        try {
            return Class.forName("org.jooq.TransactionProperty");
        } catch (ClassNotFoundException earlierVersion) {
            return null;
        }
    }

    private static Object serializable() throws ReflectiveOperationException {
        Object properties = Array.newInstance(Objects.requireNonNull(propertyType()), 1);
        Array.set(
                properties,
                0,
                Class.forName("org.jooq.Isolation").getField("SERIALIZABLE").get(null));
        return properties;
    }

    @Test
    void ofTheProvider() throws ReflectiveOperationException {
        Object properties = serializable();
        TransactionProvider provider = DefaultTransactionProvider.class
                .getConstructor(ConnectionProvider.class, boolean.class, properties.getClass())
                .newInstance(dsl.configuration().connectionProvider(), true, properties);
        Configuration serializable = dsl.configuration().derive(provider);
        assertThatThrownBy(() -> JooqScope.transaction(serializable.dsl()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SERIALIZABLE")
                .hasMessageMatching("[^:;]+: [^:;]+; [^:;]+");
        assertThatThrownBy(() -> JooqScope.join(serializable.dsl())).isInstanceOf(IllegalArgumentException.class);
        serializable
                .dsl()
                .transaction(outer -> assertThat(runner.<DSLContext, Integer, DataAccessException>call(
                                JooqScope.join(outer.dsl()), step -> 1))
                        .isEqualTo(1));
    }

    @Test
    void ofANestedTransaction() throws ReflectiveOperationException {
        Object properties = serializable();
        TransactionalRunnable nothing = nested -> {};
        assertThatThrownBy(() -> runner.run(JooqScope.transaction(dsl), tx -> {
                    try {
                        DSLContext.class
                                .getMethod("transaction", TransactionalRunnable.class, properties.getClass())
                                .invoke(tx, nothing, properties);
                    } catch (InvocationTargetException refused) {
                        throw (DataAccessException) Objects.requireNonNull(refused.getCause());
                    }
                }))
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("SERIALIZABLE");
    }
}
