package dev.dbop.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the first words of a statement tell, past whatever stands before them. */
class StatementTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/*!40101 CREATE TABLE t (id INT) */",
                "/*! CREATE TABLE t (id INT) */",
                "/*M!100100 DROP TABLE t */",
                "/* nightly */ /*!ALTER*/ TABLE t ADD x INT",
            })
    void ddlInACommentThatIsRunCommits(String sql) {
        assertThat(StatementText.commitsImplicitly(Database.MYSQL, sql)).isTrue();
        assertThat(StatementText.commitsImplicitly(Database.MARIADB, sql)).isTrue();
        assertThat(StatementText.commitsImplicitly(Database.POSTGRESQL, sql)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/*!40101 */ COMMIT", "/*! COMMIT */", "-- why\nCOMMIT", "# why\n;COMMIT", "commit"})
    void aCommitIsSeenPastComments(String sql) {
        assertThat(StatementText.controlsTransaction(sql)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "CALL p()            | POSTGRESQL | true",
                "{call p()}          | POSTGRESQL | true",
                "DO $$ COMMIT; END   | POSTGRESQL | true",
                "DO $$ call p(); END | POSTGRESQL | true",
                "DO $$ INSERT; END   | POSTGRESQL | false",
                "INSERT; COMMIT      | POSTGRESQL | true",
                "INSERT; ;/**/commit | POSTGRESQL | true",
                "INSERT; INSERT      | POSTGRESQL | false",
                "INSERT; INSERT      | MYSQL      | true",
                "INSERT INTO t;      | POSTGRESQL | false",
                "CALL p()            | MYSQL      | true",
                "EXECUTE p           | MARIADB    | true",
                "INSERT INTO t       | MYSQL      | false",
                "INSERT; INSERT      | SQLITE     | false",
            })
    void whatMayCommitAPartIsKnown(String sql, Database database, boolean several) {
        assertThat(StatementText.mayBeSeveral(database, sql)).isEqualTo(several);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select 1                              | true",
                "(SELECT 1)                            | true",
                "EXPLAIN SELECT 1                      | true",
                "EXPLAIN ANALYZE UPDATE t SET v = 1    | false",
                "explain (verbose, analyse) DELETE     | false",
                "DESC ANALYZE UPDATE t SET v = 1       | false",
                "SELECT analyze FROM t                 | true",
                "UPDATE t SET v = 1                    | false",
                "WITH x AS (DELETE FROM t) SELECT 1    | false",
            })
    void whatOnlyReadsIsKnown(String sql, boolean reads) {
        assertThat(StatementText.reads(sql)).isEqualTo(reads);
    }

    @Test
    void theKeywordGivesNothingElseAway() {
        assertThat(StatementText.keyword(" /* why */ commit and chain")).isEqualTo("COMMIT");
        assertThat(StatementText.keyword("SET autocommit=1")).isEqualTo("SET");
        assertThat(StatementText.keyword("'s3cret'")).isEmpty();
    }
}
