package dev.dbop.jooq;

import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.util.List;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** jOOQ as the tests use it. */
public final class Jooq {
    private Jooq() {}

    /** The dialect of a database. */
    public static SQLDialect dialect(TestDatabase database) {
        return switch (database.database()) {
            case MARIADB -> SQLDialect.MARIADB;
            case MYSQL, TIDB -> SQLDialect.MYSQL;
            case SQLITE -> SQLDialect.SQLITE;
            default -> SQLDialect.POSTGRES;
        };
    }

    /** Without the statements and results that jOOQ would log. */
    public static Settings settings() {
        return new Settings().withExecuteLogging(false);
    }

    /** On connections of a data source. */
    public static DSLContext using(TestDatabase database, DataSource source) {
        return DSL.using(source, dialect(database), settings());
    }

    /** On one connection. */
    public static DSLContext using(TestDatabase database, Connection connection) {
        return DSL.using(connection, dialect(database), settings());
    }

    /** The first column of every row, as text. */
    public static List<String> firstColumn(DSLContext dsl, String sql) {
        return dsl.fetch(sql).map(row -> text(row.get(0)));
    }

    /** As the drivers put it: a whole number is one, whatever type the server has computed it in. */
    private static String text(@Nullable Object value) {
        return value instanceof Double number && number == Math.rint(number)
                ? String.valueOf(number.longValue())
                : String.valueOf(value);
    }
}
