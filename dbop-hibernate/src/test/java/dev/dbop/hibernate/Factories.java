package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.community.dialect.SQLiteDialect;
import org.hibernate.dialect.MariaDBDialect;
import org.hibernate.dialect.MySQLDialect;
import org.hibernate.dialect.PostgreSQLDialect;

/** Session factories for tests; closing one leaves its data source alone. */
public final class Factories {
    private Factories() {}

    public static SessionFactory over(DataSource source, Database database, Class<?>... entities) {
        return over(source, database, Map.of(), entities);
    }

    public static SessionFactory over(
            DataSource source, Database database, Map<String, Object> settings, Class<?>... entities) {
        Map<String, Object> all = new TreeMap<>();
        all.put(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, source);
        all.put(AvailableSettings.DIALECT, dialect(database).getName());
        all.put("hibernate.boot.allow_jdbc_metadata_access", false);
        all.putAll(settings);
        MetadataSources sources = new MetadataSources(
                new StandardServiceRegistryBuilder().applySettings(all).build());
        for (Class<?> entity : entities) {
            sources.addAnnotatedClass(entity);
        }
        Metadata metadata = sources.buildMetadata();
        return metadata.buildSessionFactory();
    }

    private static Class<?> dialect(Database database) {
        return switch (database) {
            case MARIADB -> MariaDBDialect.class;
            case MYSQL -> MySQLDialect.class;
            case SQLITE -> SQLiteDialect.class;
            default -> PostgreSQLDialect.class;
        };
    }
}
