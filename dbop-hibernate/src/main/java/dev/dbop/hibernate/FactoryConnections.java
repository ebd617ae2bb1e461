package dev.dbop.hibernate;

import dev.dbop.jdbc.ConnectionSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.jdbc.connections.spi.MultiTenantConnectionProvider;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.service.ServiceRegistry;

/** The connections of a session factory, from wherever it is configured to take them. */
final class FactoryConnections {
    private static final String SCHEMA_MAPPER = "hibernate.multi_tenant.schema_mapper";

    private FactoryConnections() {}

    static ConnectionSource of(SessionFactoryImplementor factory) {
        if (factory.getProperties().containsKey(SCHEMA_MAPPER)) {
            throw new IllegalStateException(
                    SCHEMA_MAPPER + " is set: Hibernate chooses a tenant's schema only on connections it"
                            + " takes itself, and a scope gives it one; use a connection provider for tenants instead");
        }
        ServiceRegistry services = factory.getServiceRegistry();
        if (!factory.getSessionFactoryOptions().isMultiTenancyEnabled()) {
            return new Plain(services.requireService(ConnectionProvider.class));
        }
        return ofTenant(factory, services);
    }

    @SuppressWarnings("unchecked")
    private static ConnectionSource ofTenant(SessionFactoryImplementor factory, ServiceRegistry services) {
        CurrentTenantIdentifierResolver<?> resolver = factory.getCurrentTenantIdentifierResolver();
        if (resolver == null) {
            throw new IllegalStateException(
                    "the session factory has tenants and nothing that tells the current one: a scope"
                            + " cannot ask its caller; set hibernate.tenant_identifier_resolver");
        }
        MultiTenantConnectionProvider<Object> provider = services.requireService(MultiTenantConnectionProvider.class);
        return new OfTenant(provider, resolver, Collections.synchronizedMap(new IdentityHashMap<>()));
    }

    private record Plain(ConnectionProvider provider) implements ConnectionSource {
        @Override
        public Connection acquire() throws SQLException {
            return provider.getConnection();
        }

        @Override
        public void release(Connection connection) throws SQLException {
            provider.closeConnection(connection);
        }

        @Override
        public Object identity() {
            return provider;
        }
    }

    /** Resolved anew for each attempt, on its thread, as the session that is opened on the connection does. */
    private record OfTenant(
            MultiTenantConnectionProvider<Object> provider,
            CurrentTenantIdentifierResolver<?> resolver,
            Map<Connection, Object> tenants)
            implements ConnectionSource {
        @Override
        public Connection acquire() throws SQLException {
            Object tenant = resolver.resolveCurrentTenantIdentifier();
            Connection connection = provider.getConnection(tenant);
            tenants.put(connection, tenant);
            return connection;
        }

        @Override
        public void release(Connection connection) throws SQLException {
            provider.releaseConnection(tenants.remove(connection), connection);
        }

        @Override
        public Object identity() {
            return provider;
        }
    }
}
