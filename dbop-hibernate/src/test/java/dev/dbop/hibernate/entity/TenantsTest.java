package dev.dbop.hibernate.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.Verdict;
import dev.dbop.hibernate.Factories;
import dev.dbop.hibernate.HibernateScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.engine.jdbc.connections.spi.MultiTenantConnectionProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Session factories with tenants, each in a schema of its own. */
@RealDatabase(Database.POSTGRESQL)
class TenantsTest {
    private static final String RESOLVER = "hibernate.tenant_identifier_resolver";

    private final TestDatabase db;
    private final List<String> connections = new ArrayList<>();
    private final DbopRunner runner = DbopRunner.create()
            .named("tenants")
            .policy(RetryPolicy.builder().initialDelay(Duration.ofMillis(1)).build())
            .classifier(
                    (failure, phase) -> failure instanceof IllegalArgumentException ? Verdict.RETRY_TRANSACTION : null)
            .listeners();
    private final SessionFactory factory;
    private String current = "blue";

    TenantsTest(TestDatabase db) {
        this.db = db;
        this.factory = factory(Map.of(RESOLVER, new Current()));
    }

    private SessionFactory factory(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("hibernate.multi_tenant_connection_provider", new Schemas());
        all.put("hibernate.cache.use_second_level_cache", false);
        return Factories.over(db.dataSource(), db.database(), all, Project.class);
    }

    private final class Current implements CurrentTenantIdentifierResolver<String> {
        @Override
        public String resolveCurrentTenantIdentifier() {
            return current;
        }

        @Override
        public boolean validateExistingCurrentSessions() {
            return true;
        }
    }

    /** Gives connections that see one schema, and takes them back. */
    private final class Schemas implements MultiTenantConnectionProvider<String> {
        private static final long serialVersionUID = 1;

        @Override
        public Connection getAnyConnection() throws SQLException {
            return db.connect();
        }

        @Override
        public void releaseAnyConnection(Connection connection) throws SQLException {
            connection.close();
        }

        @Override
        public Connection getConnection(String tenant) throws SQLException {
            connections.add("take " + tenant);
            Connection connection = db.connect();
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET search_path TO " + tenant);
            }
            return connection;
        }

        @Override
        public void releaseConnection(String tenant, Connection connection) throws SQLException {
            connections.add("give " + tenant);
            connection.close();
        }

        @Override
        public boolean supportsAggressiveRelease() {
            return false;
        }

        @Override
        public boolean isUnwrappableAs(Class<?> type) {
            return false;
        }

        @Override
        public <T> T unwrap(Class<T> type) {
            throw new UnsupportedOperationException();
        }
    }

    @BeforeEach
    void createTables() throws SQLException {
        for (String tenant : List.of("blue", "green")) {
            db.execute(
                    "DROP SCHEMA IF EXISTS " + tenant + " CASCADE",
                    "CREATE SCHEMA " + tenant,
                    "CREATE TABLE " + tenant
                            + ".Project (id INT PRIMARY KEY, version INT NOT NULL, name VARCHAR(40) NOT NULL)",
                    "CREATE TABLE " + tenant + ".Project_tasks (Project_id INT NOT NULL, tasks VARCHAR(40))",
                    "INSERT INTO " + tenant + ".Project VALUES (1, 0, '" + tenant + "')");
        }
    }

    @AfterEach
    void closeFactory() throws SQLException {
        factory.close();
        db.execute("DROP SCHEMA blue CASCADE", "DROP SCHEMA green CASCADE");
    }

    private String nameIn(String tenant) throws SQLException {
        return db.query("SELECT name FROM " + tenant + ".Project").get(0);
    }

    private static Project project(Session session) {
        return Objects.requireNonNull(session.find(Project.class, 1));
    }

    @Test
    void anAttemptIsTheCurrentTenantsAndGivesBackToIt() throws SQLException {
        runner.run(HibernateScope.transaction(factory), session -> {
            assertThat(session.getTenantIdentifierValue()).isEqualTo("blue");
            project(session).rename("by blue");
            current = "green";
        });
        runner.run(
                HibernateScope.transaction(factory), session -> project(session).rename("by green"));

        assertThat(connections).containsExactly("take blue", "give blue", "take green", "give green");
        assertThat(nameIn("blue")).isEqualTo("by blue");
        assertThat(nameIn("green")).isEqualTo("by green");
    }

    @Test
    void everyAttemptAsksAnew() throws SQLException {
        runner.run(HibernateScope.transaction(factory), session -> {
            project(session).rename("by " + session.getTenantIdentifierValue());
            if (current.equals("blue")) {
                current = "green";
                throw new IllegalArgumentException("once more");
            }
        });

        assertThat(connections).containsExactly("take blue", "give blue", "take green", "give green");
        assertThat(nameIn("blue")).isEqualTo("blue");
        assertThat(nameIn("green")).isEqualTo("by green");
    }

    @Test
    void aStatelessAttemptIsTheCurrentTenantsToo() throws SQLException {
        current = "green";
        runner.run(HibernateScope.stateless(factory), session -> session.insert(new Project(2, "stateless")));

        assertThat(db.query("SELECT name FROM green.Project WHERE id = 2")).containsExactly("stateless");
    }

    @Test
    void aStepIsItsCallersTenants() throws SQLException {
        try (Session green =
                factory.withOptions().tenantIdentifier((Object) "green").openSession()) {
            green.beginTransaction();
            runner.run(HibernateScope.savepoint(green), step -> {
                assertThat(step.getTenantIdentifierValue()).isEqualTo("green");
                project(step).rename("by the step");
            });
            runner.run(
                    HibernateScope.join(green),
                    step -> assertThat(project(step).name()).isEqualTo("by the step"));
            green.getTransaction().commit();
        }

        assertThat(connections).containsExactly("take green", "give green");
        assertThat(nameIn("blue")).isEqualTo("blue");
        assertThat(nameIn("green")).isEqualTo("by the step");
    }

    @Test
    void aTransactionOfItsOwnForATenantsSessionIsRefused() {
        try (Session green =
                factory.withOptions().tenantIdentifier((Object) "green").openSession()) {
            assertThatThrownBy(() -> runner.run(
                            HibernateScope.join(green),
                            session -> project(session).rename("never")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the session is a tenant's and in no transaction")
                    .hasMessageContaining("HibernateScope.transaction");
        }
    }

    @Test
    void tenantsThatNobodyResolvesAreRefused() {
        try (SessionFactory nobody = factory(Map.of())) {
            assertThatThrownBy(() -> HibernateScope.transaction(nobody))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("hibernate.tenant_identifier_resolver");
        }
    }

    @Test
    void aSchemaMapperIsRefused() {
        try (SessionFactory mapping =
                factory(Map.of(RESOLVER, new Current(), "hibernate.multi_tenant.schema_mapper", schemaMapper()))) {
            assertThatThrownBy(() -> HibernateScope.transaction(mapping))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("hibernate.multi_tenant.schema_mapper is set")
                    .hasMessageContaining("use a connection provider for tenants instead");
        }
    }

    /** What Hibernate has only from a certain version on; before, the setting means nothing to it. */
    private static Object schemaMapper() {
        try {
            Class<?> type = Class.forName("org.hibernate.context.spi.TenantSchemaMapper");
            return Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> "public");
        } catch (ClassNotFoundException older) {
            return new Object();
        }
    }
}
