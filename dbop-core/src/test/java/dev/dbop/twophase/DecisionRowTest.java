package dev.dbop.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecisionRowTest {
    private static final String LONGEST = "x".repeat(200);

    @Test
    void readsWhatItHasWritten() {
        List<List<String>> several = List.of(
                List.of(),
                List.of("one"),
                List.of("PostgreSQL 7301/bank", "Zürich, ' \" \\"),
                Collections.nCopies(63, LONGEST));

        assertThat(several)
                .allSatisfy(participants -> assertThat(DecisionRow.read(DecisionRow.write(participants)))
                        .isEqualTo(participants));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "a\tb", "a\u0000", "\u0085"})
    void refusesToWrite(String participant) {
        assertThatThrownBy(() -> DecisionRow.write(List.of("one", participant)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("participant is '" + participant + "'");
        assertThatThrownBy(
                        () -> new DecisionRow(Recoverers.STORE, Recoverers.BASE, List.of(participant), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesToWriteLongerThanTheLongest() {
        assertThatThrownBy(() -> DecisionRow.write(List.of(LONGEST + "x")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "one\n", "\none", "one\n\ntwo", "one\r\ntwo", "a\tb"})
    void doesNotReadWhatItWouldNotWrite(String text) {
        assertThat(DecisionRow.read(text)).isNull();
    }

    @Test
    void doesNotReadMoreParticipantsThanAGroupHas() {
        assertThat(DecisionRow.read(String.join("\n", Collections.nCopies(64, "one"))))
                .isNull();
        assertThat(DecisionRow.read(LONGEST + "x")).isNull();
    }

    @Test
    void refusesTheReservedKey() {
        assertThatThrownBy(() -> new DecisionRow(Recoverers.STORE, GroupId.RESERVED_KEY, List.of(), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("base is '0000000000000000'");
        assertThatThrownBy(() -> new DecisionRow(GroupId.RESERVED_KEY, Recoverers.BASE, List.of(), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("store is '0000000000000000'");
    }

    @Test
    void rulesRefuseWhatIsNoPrefixStoreOrRetention() {
        assertThatThrownBy(() -> new RecoveryRules("DBOP", Set.of(), Duration.ofHours(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prefix is 'DBOP'");
        assertThatThrownBy(() -> new RecoveryRules("dbop", Set.of("logless"), Duration.ofHours(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("store is 'logless'");
        assertThatThrownBy(() -> new RecoveryRules("dbop", Set.of(), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("retention is PT0S");
        assertThatThrownBy(() -> new RecoveryRules("dbop", Set.of(), Duration.ofHours(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
