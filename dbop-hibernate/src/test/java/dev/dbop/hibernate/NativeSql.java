package dev.dbop.hibernate;

import java.util.List;
import org.hibernate.query.QueryProducer;

/** One statement at a time, as the contract suites of the test kit want it. */
final class NativeSql {
    private NativeSql() {}

    /** Runs a statement without a result. */
    static void execute(QueryProducer session, String sql) {
        if (sql.startsWith("select")) {
            query(session, sql);
        } else {
            session.createNativeMutationQuery(escaped(sql)).executeUpdate();
        }
    }

    /** Returns the first column of every row. */
    static List<String> query(QueryProducer session, String sql) {
        return session.createNativeQuery(escaped(sql), String.class).getResultList();
    }

    /** Hibernate takes a colon for the beginning of a parameter. */
    private static String escaped(String sql) {
        return sql.replace("::", "\\:\\:");
    }
}
