package dev.dbop.jooq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.DataChangedException;
import org.junit.jupiter.api.Test;

/** What of a failure counts is the SQLException inside. */
class JooqClassifierTest {
    private static final JooqClassifier CLASSIFIER = JooqClassifier.of(Database.POSTGRESQL);

    private static DataAccessException wrapping(SQLException cause) {
        return new DataAccessException("SQL [...]; " + cause.getMessage(), cause);
    }

    @Test
    void aPoolWithoutAConnectionToGiveIsTriedAgain() {
        DataAccessException exhausted = wrapping(new SQLTransientConnectionException("timed out"));
        assertThat(CLASSIFIER.classify(exhausted, Phase.OPEN)).isEqualTo(Verdict.RETRY_CONNECTION);
        assertThat(CLASSIFIER.classify(exhausted, Phase.OPERATION)).isNull();
    }

    /** {@code sqlStateClass()} is OTHER for these. */
    @Test
    void classesOfSqlstatesThatJooqDoesNotKnowAreNoObstacle() {
        assertThat(CLASSIFIER.classify(wrapping(new SQLException("lock", "55P03")), Phase.OPERATION))
                .isEqualTo(Verdict.RETRY_SAVEPOINT);
        assertThat(CLASSIFIER.classify(wrapping(new SQLException("killed", "57P01")), Phase.OPERATION))
                .isEqualTo(Verdict.RETRY_CONNECTION);
    }

    @Test
    void staleDataIsRetriedOnlyWhereThatIsWanted() {
        DataChangedException stale = new DataChangedException("Database record has been changed");
        assertThat(CLASSIFIER.classify(stale, Phase.OPERATION)).isIn(null, Verdict.GIVE_UP);
        JooqClassifier retrying = CLASSIFIER.retryingStaleData();
        assertThat(retrying.classify(stale, Phase.OPERATION)).isEqualTo(Verdict.RETRY_TRANSACTION);
        assertThat(retrying.classify(new IllegalStateException(stale), Phase.OPERATION))
                .isEqualTo(Verdict.RETRY_TRANSACTION);
        assertThat(retrying.classify(stale, Phase.COMMIT)).isNotEqualTo(Verdict.RETRY_TRANSACTION);
        assertThat(retrying.classify(wrapping(new SQLException("duplicate", "23505")), Phase.OPERATION))
                .isEqualTo(Verdict.GIVE_UP);
    }

    @Test
    void aCycleOfCausesEnds() {
        Exception one = new Exception("one");
        Exception two = new Exception("two", one);
        one.initCause(two);
        assertThat(CLASSIFIER.classify(one, Phase.OPERATION)).isIn(null, Verdict.GIVE_UP);
    }
}
