package dev.dbop.jooq;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.Transaction;
import org.jooq.TransactionContext;
import org.jooq.conf.Settings;
import org.jspecify.annotations.Nullable;

/** What transaction providers and listeners are told about the transaction of an attempt. Used by one thread. */
final class OwnTransactionContext implements TransactionContext {
    private final Configuration configuration;
    private final Instant created = Instant.now();
    private final Map<Object, Object> data = new ConcurrentHashMap<>();
    private @Nullable Transaction transaction;
    private @Nullable Throwable cause;
    private @Nullable Object result;

    OwnTransactionContext(Configuration configuration) {
        this.configuration = configuration;
    }

    @Override
    public @Nullable Transaction transaction() {
        return transaction;
    }

    @Override
    public TransactionContext transaction(@Nullable Transaction of) {
        transaction = of;
        return this;
    }

    @Override
    public @Nullable Exception cause() {
        return cause instanceof Exception exception ? exception : null;
    }

    @Override
    public TransactionContext cause(@Nullable Exception why) {
        return causeThrowable(why);
    }

    @Override
    public @Nullable Throwable causeThrowable() {
        return cause;
    }

    @Override
    public TransactionContext causeThrowable(@Nullable Throwable why) {
        cause = why;
        return this;
    }

    /** For jOOQ from version 3.21, whose interface has it. */
    public Set<Object> properties() {
        return Set.of();
    }

    /** For jOOQ from version 3.21, whose interface has it. */
    public @Nullable Object result() {
        return result;
    }

    /** For jOOQ from version 3.21, whose interface has it. */
    public TransactionContext result(@Nullable Object value) {
        result = value;
        return this;
    }

    @Override
    public Instant creationTime() {
        return created;
    }

    @Override
    public Configuration configuration() {
        return configuration;
    }

    @Override
    public DSLContext dsl() {
        return configuration.dsl();
    }

    @Override
    public Settings settings() {
        return configuration.settings();
    }

    @Override
    public SQLDialect dialect() {
        return configuration.dialect();
    }

    @Override
    public SQLDialect family() {
        return configuration.family();
    }

    @Override
    public Map<Object, Object> data() {
        return data;
    }

    @Override
    public @Nullable Object data(Object key) {
        return data.get(key);
    }

    @Override
    public @Nullable Object data(Object key, Object value) {
        return data.put(key, value);
    }
}
