package dev.dbop.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.watch.RowWait.Step;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a wait says to what its looks have found. */
class RowWaitTest {
    private static final WatchPace PACE = new WatchPace(Duration.ofSeconds(2), Duration.ofSeconds(5));

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);

    private RowWait<String> change(String seen) {
        return RowWait.forChange("row of table t with id=1", PACE, nanos::get, String::equals, seen);
    }

    private RowWait<String> change() {
        return RowWait.forChange("row of table t with id=1", PACE, nanos::get, String::equals, null);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static Duration delay(Step<String> step) {
        assertThat(step).isInstanceOf(Step.Again.class);
        return ((Step.Again<String>) step).delay();
    }

    private static RowWatchException failure(Step<String> step) {
        assertThat(step).isInstanceOf(Step.Failed.class);
        return ((Step.Failed<String>) step).failure();
    }

    @Test
    void theFirstLookIsWhatTheOthersAreComparedWith() {
        RowWait<String> wait = change();

        assertThat(delay(wait.looked("a"))).isEqualTo(Duration.ofSeconds(2));
        assertThat(delay(wait.looked("a"))).isEqualTo(Duration.ofSeconds(2));
        assertThat(wait.looked("b")).isEqualTo(new Step.Done<>("b"));
    }

    @Test
    void whatTheCallerHasSeenIsWhatEveryLookIsComparedWith() {
        assertThat(change("a").looked("b")).isEqualTo(new Step.Done<>("b"));
        RowWait<String> wait = change("a");
        delay(wait.looked("a"));
        assertThat(wait.looked("b")).isEqualTo(new Step.Done<>("b"));
    }

    @Test
    void aConditionMayHoldAtOnceOrLater() {
        RowWait<String> wait = RowWait.forCondition("row", PACE, nanos::get, state -> state.equals("done"));
        delay(wait.looked("new"));
        delay(wait.looked("begun"));
        assertThat(wait.looked("done")).isEqualTo(new Step.Done<>("done"));
    }

    @Test
    void aRowThatIsNotThereIsMissingAtFirstAndDeletedLater() {
        assertThat(failure(change().looked(null)))
                .isInstanceOf(RowMissingException.class)
                .hasMessageStartingWith("row of table t with id=1 is not there:");
        RowWait<String> wait = change();
        delay(wait.looked("a"));
        assertThat(failure(wait.looked(null))).isInstanceOf(RowDeletedException.class);
        assertThat(failure(change("a").looked(null))).isInstanceOf(RowDeletedException.class);
    }

    @Test
    void aRowMayBeMissingAfterLooksThatFailed() {
        RowWait<String> wait = change();
        delay(wait.missed(new IllegalStateException("down")));
        assertThat(failure(wait.looked(null))).isInstanceOf(RowMissingException.class);
    }

    @Test
    void theLastLookIsMadeWhenTheTimeIsUp() {
        RowWait<String> wait = change();
        delay(wait.looked("a"));
        pass(Duration.ofSeconds(4));
        assertThat(delay(wait.looked("a"))).isEqualTo(Duration.ofSeconds(1));
        pass(Duration.ofSeconds(1));
        assertThat(wait.looked("b")).isEqualTo(new Step.Done<>("b"));
        assertThat(failure(wait.looked("a")))
                .isInstanceOf(RowWatchTimeoutException.class)
                .hasNoCause()
                .hasMessage("row of table t with id=1 did not change within PT5S (4 looks); find out what should have"
                        + " changed it, or wait longer");
    }

    @Test
    void aTimeoutTellsWhyTheLastLookFailed() {
        RowWait<String> wait = change();
        delay(wait.looked("a"));
        pass(Duration.ofSeconds(5));
        Exception down = new IllegalStateException("down");
        assertThat(failure(wait.missed(down)))
                .isInstanceOf(RowWatchTimeoutException.class)
                .hasCause(down);
    }

    @Test
    void aLookAfterOneThatFailedMakesItForgotten() {
        RowWait<String> wait = change();
        delay(wait.missed(new IllegalStateException("down")));
        pass(Duration.ofSeconds(5));
        assertThat(failure(wait.looked("a"))).hasNoCause();
    }

    @Test
    void aLookGetsWhatIsLeftBetweenOneSecondAndTen() {
        assertThat(change().lookLimit()).isEqualTo(Duration.ofSeconds(5));
        RowWait<String> wait = change();
        pass(Duration.ofMillis(4900));
        assertThat(wait.lookLimit()).isEqualTo(Duration.ofSeconds(1));
        WatchPace longer = PACE.within(Duration.ofHours(1));
        assertThat(RowWait.<String>forChange("row", longer, nanos::get, String::equals, null)
                        .lookLimit())
                .isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void aPaceThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> PACE.every(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("every is PT0S: must be greater than zero");
        assertThatThrownBy(() -> PACE.within(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("within is PT-0.001S: must be greater than zero");
        WatchPace tooShort = PACE.within(Duration.ofSeconds(1));
        assertThatThrownBy(() -> RowWait.<String>forChange("row", tooShort, nanos::get, String::equals, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "within is PT1S: must not be shorter than every, which is PT2S; look more often, or wait longer");
    }
}
