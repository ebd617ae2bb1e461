package dev.dbop.sql;

import java.util.ArrayList;
import java.util.List;

/** Writes {@code docs/reference/faults.md} out of the tables. */
final class FaultsPage {
    private static final String INTRO = """
            # Fault tables

            What the databases report when something fails, and what dbop makes of it. This page is generated from the
            tables in `dev.dbop.sql`; to bring it up to date, run the tests of `dbop-core` with `-Ddbop.docs.update=true`.

            An error is looked up by its vendor code first, then by its SQLSTATE, then by the SQLSTATE's class (`08xxx`).
            Where a row also names a routine or a part of the message, it goes before the row that does not.

            | column | meaning |
            | --- | --- |
            | verdict | how far an attempt must go back: to the savepoint (`RETRY_SAVEPOINT`), the start of the transaction (`RETRY_TRANSACTION`), a new connection (`RETRY_CONNECTION`); or not at all (`GIVE_UP`, `OUTCOME_UNKNOWN`) |
            | at COMMIT | the verdict when the error answers a COMMIT, or a statement that commits by itself |
            | undone | how much the server had already undone when the error arrived outside COMMIT |

            A verdict here is the mildest one the code allows. The attempt raises it for what only it can know: on
            PostgreSQL under REPEATABLE READ and SERIALIZABLE every deadlock, lock timeout, serialization failure and
            statement timeout becomes `RETRY_TRANSACTION` (not on MySQL and MariaDB, whose writes see the newest committed
            row at every level); a savepoint or a connection that did not survive raises it as well.
            `AFTERMATH` rows are errors that only follow from an earlier one; that one decides.
            """;

    private FaultsPage() {}

    static String render() {
        List<Fault> postgres = Database.POSTGRESQL.faults().faults();
        List<Fault> mySql = Database.MYSQL.faults().faults();
        List<Fault> mariaDb = Database.MARIADB.faults().faults();
        StringBuilder page = new StringBuilder(INTRO);
        section(page, "PostgreSQL", "", postgres);
        section(
                page,
                "CockroachDB",
                "All rows of PostgreSQL, and these in their place or beside them.",
                own(Database.COCKROACHDB, postgres));
        section(
                page,
                "YugabyteDB",
                "All rows of PostgreSQL, and these in their place or beside them.",
                own(Database.YUGABYTEDB, postgres));
        section(page, "MySQL and MariaDB", "The rows both share.", common(mySql, mariaDb));
        section(page, "MySQL", "The shared rows, and these.", own(Database.MYSQL, mariaDb));
        section(page, "MariaDB", "The shared rows, and these.", own(Database.MARIADB, mySql));
        section(page, "TiDB", "All rows of MySQL, and these in their place or beside them.", own(Database.TIDB, mySql));
        section(
                page,
                "SQLite",
                "Codes are result codes; an extended code without a row counts as its primary code, the low byte.",
                Database.SQLITE.faults().faults());
        return page.toString();
    }

    private static List<Fault> own(Database database, List<Fault> inherited) {
        List<Fault> own = new ArrayList<>(database.faults().faults());
        own.removeAll(inherited);
        return own;
    }

    private static List<Fault> common(List<Fault> some, List<Fault> others) {
        List<Fault> common = new ArrayList<>(some);
        common.retainAll(others);
        return common;
    }

    private static void section(StringBuilder page, String title, String remark, List<Fault> rows) {
        page.append("\n## ").append(title).append("\n\n");
        if (!remark.isEmpty()) {
            page.append(remark).append("\n\n");
        }
        page.append("| code | name | kind | verdict | at COMMIT | undone | reason | source |\n");
        page.append("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (Fault row : rows) {
            List<String> cells = List.of(
                    code(row),
                    row.name(),
                    row.kind().name(),
                    row.verdict().name(),
                    row.verdictAtCommit().name(),
                    row.undone().name(),
                    row.reason(),
                    row.source());
            page.append("| ").append(String.join(" | ", cells)).append(" |\n");
        }
    }

    private static String code(Fault row) {
        List<String> wanted = new ArrayList<>();
        if (row.routine() != null) {
            wanted.add("routine `" + row.routine() + "`");
        }
        if (row.fragment() != null) {
            wanted.add("message has `" + row.fragment().strip() + "`");
        }
        return "`" + row.code() + "`" + (wanted.isEmpty() ? "" : " " + String.join(" or ", wanted));
    }
}
