package dev.dbop.connect;

import static dev.dbop.connect.ServerRole.PRIMARY;
import static dev.dbop.connect.ServerRole.READ_ONLY_PRIMARY;
import static dev.dbop.connect.ServerRole.STANDBY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.connect.HostWalk.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is tried, who is taken, who is kept meanwhile; nothing is connected to. */
class HostWalkTest {
    private static final HostAddress A = new HostAddress("a", 1);
    private static final HostAddress B = new HostAddress("b", 2);
    private static final HostAddress C = new HostAddress("c", 3);

    private final Map<HostAddress, ServerRole> roles = new HashMap<>();
    private final List<HostAddress> tried = new ArrayList<>();

    private static HostWalk walk(TargetSession target, int trusted) {
        return HostWalk.start(target, List.of(List.of(A, B, C), List.of(C, B, A)), trusted);
    }

    private static HostWalk walk(TargetSession target) {
        return walk(target, 3);
    }

    /** Answers for hosts with a role; the others are down. */
    private HostWalk ended(HostWalk begun) {
        HostWalk at = begun;
        while (at.step() instanceof Step.Try next) {
            tried.add(next.host());
            ServerRole role = roles.get(next.host());
            at = role == null
                    ? at.failed(new IllegalStateException(next.host().host() + " is down"))
                    : at.reached(next.asksRole() ? role : null);
        }
        return at;
    }

    @ParameterizedTest
    @CsvSource({
        "ANY, true, true, true",
        "READ_WRITE, true, false, false",
        "READ_ONLY, false, true, true",
        "PRIMARY, true, true, false",
        "STANDBY, false, false, true",
        "PREFER_STANDBY, false, false, true"
    })
    void eachTargetHasItsRoles(TargetSession target, boolean primary, boolean readOnlyPrimary, boolean standby) {
        assertThat(PRIMARY.fits(target)).isEqualTo(primary);
        assertThat(READ_ONLY_PRIMARY.fits(target)).isEqualTo(readOnlyPrimary);
        assertThat(STANDBY.fits(target)).isEqualTo(standby);
    }

    @Test
    void theFirstHostThatFitsIsTaken() {
        roles.putAll(Map.of(A, STANDBY, B, PRIMARY, C, PRIMARY));

        assertThat(ended(walk(TargetSession.READ_WRITE)).step()).isEqualTo(new Step.Use(B));
        assertThat(tried).containsExactly(A, B);
    }

    @Test
    void whereAnyWillDoNobodyIsAskedForItsRole() {
        assertThat(walk(TargetSession.ANY).step()).isEqualTo(new Step.Try(A, false));
        assertThat(walk(TargetSession.ANY).reached(null).step()).isEqualTo(new Step.Use(A));
    }

    @Test
    void aFailoverPassTriesEverybodyAgainInItsOwnOrder() {
        HostWalk end = ended(walk(TargetSession.PRIMARY));

        assertThat(tried).containsExactly(A, B, C, C, B, A);
        assertThat(end.step()).isEqualTo(new Step.Fail(false));
    }

    @Test
    void aHostPromotedBetweenThePassesIsFound() {
        HostWalk second = walk(TargetSession.PRIMARY)
                .failed(new IllegalStateException("down"))
                .reached(STANDBY)
                .reached(STANDBY);

        assertThat(second.step()).isEqualTo(new Step.Try(C, true));
        assertThat(second.reached(PRIMARY).step()).isEqualTo(new Step.Use(C));
    }

    @Test
    void aStandbyIsPreferredAndThePrimaryKeptMeanwhile() {
        HostWalk second = walk(TargetSession.PREFER_STANDBY).reached(PRIMARY);

        assertThat(second.kept()).isEqualTo(A);
        assertThat(second.step()).isEqualTo(new Step.Try(B, true));
        assertThat(second.reached(STANDBY).step()).isEqualTo(new Step.Use(B));
    }

    @Test
    void withoutAStandbyTheFirstOtherHostIsTakenWithoutAnotherTry() {
        roles.putAll(Map.of(B, PRIMARY, C, PRIMARY));

        assertThat(ended(walk(TargetSession.PREFER_STANDBY)).step()).isEqualTo(new Step.Use(B));
        assertThat(tried).containsExactly(A, B, C);
    }

    @Test
    void whileOneIsKeptHostsThatHaveJustFailedAreLeftAlone() {
        assertThat(walk(TargetSession.PREFER_STANDBY, 1).reached(PRIMARY).step())
                .isEqualTo(new Step.Use(A));
        assertThat(walk(TargetSession.PRIMARY, 1).reached(STANDBY).step()).isEqualTo(new Step.Try(B, true));
    }

    @Test
    void whenTheTimeIsUpTheKeptOneHasToDo() {
        assertThat(walk(TargetSession.PREFER_STANDBY).reached(PRIMARY).timeUp().step())
                .isEqualTo(new Step.Use(A));
        assertThat(walk(TargetSession.STANDBY).reached(PRIMARY).timeUp().step()).isEqualTo(new Step.Fail(true));
    }

    @Test
    void aRefusalEndsTheWalk() {
        IllegalStateException wrongPassword = new IllegalStateException("wrong password");
        HostWalk end = walk(TargetSession.READ_WRITE)
                .failed(new IllegalStateException("down"))
                .refused(wrongPassword);

        assertThat(end.step()).isEqualTo(new Step.Refuse(wrongPassword));
        assertThat(end.timeUp()).isSameAs(end);
        assertThatThrownBy(() -> end.reached(PRIMARY))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("wrong password");
    }

    @Test
    void theExplanationNamesEveryHostWithWhatItLastDid() {
        IllegalStateException down =
                new IllegalStateException("Communications\n\n  failure", new IllegalArgumentException("refused"));
        HostWalk end = walk(TargetSession.READ_WRITE)
                .failed(new IllegalStateException("first"))
                .reached(READ_ONLY_PRIMARY)
                .reached(STANDBY)
                .reached(STANDBY)
                .timeUp();
        HostWalk other = walk(TargetSession.PRIMARY)
                .failed(down)
                .failed(new IllegalStateException())
                .timeUp();

        assertThat(end.explanation())
                .isEqualTo("no session with target_session_attrs=read-write on any of 3 host(s):"
                        + " a:1: first; b:2: is a read-only primary; c:3: is a standby");
        assertThat(other.explanation())
                .endsWith("a:1: Communications failure (refused); b:2: IllegalStateException; c:3: not tried");
        assertThat(other.failures()).hasSize(2).first().isEqualTo(down);
    }

    @Test
    void aRoleThatMattersMustBeAskedFor() {
        assertThatThrownBy(() -> walk(TargetSession.PRIMARY).reached(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("primary");
        assertThatThrownBy(() -> ServerRole.of("master"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'master'");
    }
}
