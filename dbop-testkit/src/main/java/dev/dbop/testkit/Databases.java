package dev.dbop.testkit;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The databases of one test class, and the check of each after each test. */
final class Databases implements AutoCloseable {

    private final Map<RealDatabase, TestDatabase> databases = new LinkedHashMap<>();
    private final Map<RealDatabase, LeakCheck> checks = new LinkedHashMap<>();

    TestDatabase get(RealDatabase wanted) throws SQLException {
        TestDatabase known = databases.get(wanted);
        if (known != null) {
            return known;
        }
        TestDatabase created =
                TestServers.shared(wanted.value(), wanted.options()).createDatabase(wanted.driver());
        databases.put(wanted, created);
        checks.put(wanted, LeakCheck.before(created));
        return created;
    }

    void beforeTest() throws SQLException {
        for (Map.Entry<RealDatabase, TestDatabase> entry : databases.entrySet()) {
            checks.put(entry.getKey(), LeakCheck.before(entry.getValue()));
        }
    }

    void afterTest() throws SQLException {
        List<String> leaks = new ArrayList<>();
        if (Thread.interrupted()) {
            leaks.add("the thread's interrupt flag is set");
        }
        for (Map.Entry<RealDatabase, LeakCheck> entry : checks.entrySet()) {
            leaks.addAll(entry.getValue().after(entry.getKey().pooled()));
        }
        if (!leaks.isEmpty()) {
            throw new AssertionError("the test left behind: " + String.join("; ", leaks));
        }
    }

    @Override
    public void close() throws SQLException {
        for (TestDatabase database : databases.values()) {
            database.close();
        }
    }
}
