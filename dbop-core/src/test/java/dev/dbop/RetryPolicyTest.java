package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);
    private static final Duration TOO_LONG = LONGEST.plusNanos(1);
    private static final String UNLIMITED = ": must be greater than zero; leave it unset for no limit";
    private static final String UNDELAYED = ": must not be negative; use zero for no delay";
    private static final String SHORTER =
            ": must be at most PT2562047H47M16.854775807S (292 years); choose a shorter one";

    /** One call on a builder. */
    @FunctionalInterface
    interface Setting {
        RetryPolicy.Builder on(RetryPolicy.Builder builder);
    }

    @Test
    void hasTheDocumentedDefaults() {
        RetryPolicy policy = RetryPolicy.defaults();

        assertThat(policy.maxRetries()).isEqualTo(5);
        assertThat(policy.initialDelay()).isEqualTo(Duration.ofMillis(100));
        assertThat(policy.maxDelay()).isEqualTo(SECOND);
        assertThat(policy.jitter()).isEqualTo(0.2);
        assertThat(policy.backoff()).isSameAs(Backoff.exponential());
        assertThat(policy.maxDuration()).isNull();
        assertThat(policy.attemptTimeout()).isNull();
        assertThat(policy.retryOn()).isEmpty();
        assertThat(policy.abortOn()).isEmpty();
        assertThat(policy.budget()).isNull();
        assertThat(RetryPolicy.builder().build()).hasToString(policy.toString());
    }

    @Test
    void keepsWhatItIsGivenAndPassesItOn() {
        RetryBudget budget = RetryBudget.of(7, 1);
        RetryPolicy policy = RetryPolicy.builder()
                .maxRetries(8)
                .initialDelay(Duration.ofMillis(3))
                .maxDelay(Duration.ofMillis(30))
                .jitter(1)
                .backoff(Backoff.fullJitter())
                .maxDuration(Duration.ofMinutes(2))
                .attemptTimeout(SECOND)
                .retryOn(IllegalStateException.class)
                .retryOn(ArithmeticException.class)
                .abortOn(SecurityException.class)
                .budget(budget)
                .build();

        for (RetryPolicy copy : new RetryPolicy[] {policy, policy.toBuilder().build()}) {
            assertThat(copy.maxRetries()).isEqualTo(8);
            assertThat(copy.initialDelay()).isEqualTo(Duration.ofMillis(3));
            assertThat(copy.maxDelay()).isEqualTo(Duration.ofMillis(30));
            assertThat(copy.jitter()).isEqualTo(1);
            assertThat(copy.backoff()).isSameAs(Backoff.fullJitter());
            assertThat(copy.maxDuration()).isEqualTo(Duration.ofMinutes(2));
            assertThat(copy.attemptTimeout()).isEqualTo(SECOND);
            assertThat(copy.retryOn()).containsExactly(IllegalStateException.class, ArithmeticException.class);
            assertThat(copy.abortOn()).containsExactly(SecurityException.class);
            assertThat(copy.budget()).isSameAs(budget);
        }
        assertThat(policy)
                .hasToString("RetryPolicy[maxRetries=8, initialDelay=PT0.003S, maxDelay=PT0.03S, jitter=1.0,"
                        + " backoff=full-jitter, maxDuration=PT2M, attemptTimeout=PT1S,"
                        + " budget=RetryBudget[7.0 of 7]]");
    }

    @Test
    void isNotChangedByABuilderMadeFromIt() {
        RetryPolicy policy =
                RetryPolicy.builder().retryOn(ArithmeticException.class).build();

        RetryPolicy other = policy.toBuilder()
                .maxRetries(0)
                .retryOn(SecurityException.class)
                .build();

        assertThat(policy.maxRetries()).isEqualTo(5);
        assertThat(policy.retryOn()).containsExactly(ArithmeticException.class);
        assertThat(other.retryOn()).containsExactly(ArithmeticException.class, SecurityException.class);
    }

    @Test
    void withoutRetriesMakesOneAttempt() {
        assertThat(RetryPolicy.noRetries().maxRetries()).isZero();
    }

    @Test
    void acceptsTheBoundsThemselves() {
        RetryPolicy policy = RetryPolicy.builder()
                .maxRetries(Integer.MAX_VALUE)
                .initialDelay(LONGEST)
                .maxDelay(LONGEST)
                .jitter(0)
                .maxDuration(LONGEST)
                .attemptTimeout(Duration.ofNanos(1))
                .build();

        assertThat(policy.delayBefore(Integer.MAX_VALUE, LONGEST, 0.9)).isEqualTo(LONGEST);
        assertThat(RetryPolicy.builder()
                        .initialDelay(Duration.ZERO)
                        .maxDelay(Duration.ZERO)
                        .build()
                        .delayBefore(1, Duration.ZERO, 0.9))
                .isZero();
    }

    static Stream<Arguments> badSettings() {
        Duration zero = Duration.ZERO;
        Duration negative = Duration.ofNanos(-1);
        return Stream.of(
                bad(b -> b.maxRetries(-1), "maxRetries is -1: must be 0 or more; 0 makes one attempt only"),
                bad(b -> b.initialDelay(negative), "initialDelay is " + negative + UNDELAYED),
                bad(b -> b.initialDelay(TOO_LONG), "initialDelay is " + TOO_LONG + SHORTER),
                bad(b -> b.maxDelay(negative), "maxDelay is " + negative + UNDELAYED),
                bad(b -> b.maxDelay(TOO_LONG), "maxDelay is " + TOO_LONG + SHORTER),
                bad(b -> b.maxDuration(zero), "maxDuration is PT0S" + UNLIMITED),
                bad(b -> b.maxDuration(negative), "maxDuration is " + negative + UNLIMITED),
                bad(b -> b.maxDuration(TOO_LONG), "maxDuration is " + TOO_LONG + SHORTER),
                bad(b -> b.attemptTimeout(zero), "attemptTimeout is PT0S" + UNLIMITED),
                bad(b -> b.attemptTimeout(negative), "attemptTimeout is " + negative + UNLIMITED),
                bad(b -> b.attemptTimeout(TOO_LONG), "attemptTimeout is " + TOO_LONG + SHORTER));
    }

    @ParameterizedTest
    @MethodSource("badSettings")
    void refusesABadValueWithItsNameTheRuleAndTheRemedy(Setting setting, String message) {
        RetryPolicy.Builder builder = RetryPolicy.builder();

        assertThatThrownBy(() -> setting.on(builder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThat(builder.build())
                .as("the builder is as before")
                .hasToString(RetryPolicy.defaults().toString());
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.001, 1.001, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void refusesAJitterThatIsNoPart(double jitter) {
        assertThatThrownBy(() -> RetryPolicy.builder().jitter(jitter))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("jitter is " + jitter + ": must be from 0 to 1; 0.2 varies a delay by 20 % up and down");
    }

    @Test
    void refusesALongestDelayBelowTheInitialOne() {
        RetryPolicy.Builder builder =
                RetryPolicy.builder().initialDelay(Duration.ofSeconds(3)).maxDelay(Duration.ofSeconds(2));

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxDelay is PT2S: must not be below initialDelay, PT3S;"
                        + " raise maxDelay or lower initialDelay");
    }

    static Stream<Arguments> nulls() {
        Duration none = Null.of(Duration.class);
        return Stream.of(
                bad(b -> b.initialDelay(none), "initialDelay"),
                bad(b -> b.maxDelay(none), "maxDelay"),
                bad(b -> b.maxDuration(none), "maxDuration"),
                bad(b -> b.attemptTimeout(none), "attemptTimeout"),
                bad(b -> b.backoff(Null.of(Backoff.class)), "backoff"),
                bad(b -> b.budget(Null.of(RetryBudget.class)), "budget"),
                bad(b -> b.retryOn(nullType()), "type"),
                bad(b -> b.abortOn(nullType()), "type"));
    }

    @ParameterizedTest
    @MethodSource("nulls")
    void refusesNullByName(Setting setting, String name) {
        assertThatThrownBy(() -> setting.on(RetryPolicy.builder()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(name);
    }

    private static Arguments bad(Setting setting, String message) {
        return Arguments.of(setting, message);
    }

    private static Class<? extends Throwable> nullType() {
        @SuppressWarnings("unchecked")
        Class<? extends Throwable> none = Null.of(Class.class);
        return none;
    }
}
