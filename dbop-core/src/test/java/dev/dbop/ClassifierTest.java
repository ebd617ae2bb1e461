package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ClassifierTest {
    private static final Classifier STATES =
            (failure, phase) -> failure instanceof IllegalStateException ? Verdict.RETRY_SAVEPOINT : null;
    private static final Classifier RUNTIME =
            (failure, phase) -> failure instanceof RuntimeException ? Verdict.GIVE_UP : null;

    @Test
    void noneHasNoOpinion() {
        assertThat(Classifier.none().classify(new Error(), Phase.COMMIT)).isNull();
    }

    @Test
    void orElseAsksTheOtherWhereItHasNoOpinion() {
        Classifier chain = STATES.orElse(RUNTIME);

        assertThat(chain.classify(new IllegalStateException(), Phase.OPERATION)).isEqualTo(Verdict.RETRY_SAVEPOINT);
        assertThat(chain.classify(new ArithmeticException(), Phase.OPERATION)).isEqualTo(Verdict.GIVE_UP);
        assertThat(chain.classify(new Exception(), Phase.OPERATION)).isNull();
    }

    @Test
    void overridingAsksTheRulesFirst() {
        Classifier chain = RUNTIME.overriding(STATES);

        assertThat(chain.classify(new IllegalStateException(), Phase.OPERATION)).isEqualTo(Verdict.RETRY_SAVEPOINT);
        assertThat(chain.classify(new ArithmeticException(), Phase.OPERATION)).isEqualTo(Verdict.GIVE_UP);
    }

    @Test
    void chainsHandThePhaseOn() {
        Classifier byPhase = (failure, phase) -> phase == Phase.COMMIT ? Verdict.OUTCOME_UNKNOWN : null;

        assertThat(Classifier.none().orElse(byPhase).classify(new Exception(), Phase.COMMIT))
                .isEqualTo(Verdict.OUTCOME_UNKNOWN);
        assertThat(Classifier.none().orElse(byPhase).classify(new Exception(), Phase.HOOK))
                .isNull();
    }

    @Test
    void chainsRefuseNullByName() {
        assertThatThrownBy(() -> STATES.orElse(Null.of(Classifier.class))).hasMessage("other");
        assertThatThrownBy(() -> STATES.overriding(Null.of(Classifier.class))).hasMessage("rules");
    }

    @Test
    void aVerdictIsRaisedAndNeverLowered() {
        for (Verdict one : Verdict.values()) {
            for (Verdict other : Verdict.values()) {
                assertThat(one.atLeast(other))
                        .isEqualTo(other.atLeast(one))
                        .isIn(one, other)
                        .isGreaterThanOrEqualTo(one)
                        .isGreaterThanOrEqualTo(other);
            }
        }
    }

    @Test
    void verdictsAreOrderedByCaution() {
        assertThat(Verdict.values())
                .containsExactly(
                        Verdict.RETRY_SAVEPOINT,
                        Verdict.RETRY_TRANSACTION,
                        Verdict.RETRY_CONNECTION,
                        Verdict.GIVE_UP,
                        Verdict.OUTCOME_UNKNOWN);
    }
}
