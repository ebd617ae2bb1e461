package dev.dbop.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetSessionTest {
    @Test
    void isSpelledAsLibpqDoes() {
        assertThat(Arrays.stream(TargetSession.values()).map(TargetSession::text))
                .containsExactly("any", "read-write", "read-only", "primary", "standby", "prefer-standby");
    }

    @ParameterizedTest
    @EnumSource
    void isReadAsItIsSpelled(TargetSession target) {
        assertThat(TargetSession.parse(target.text())).isSameAs(target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "READ_WRITE", "Read-Write", "read-write ", "master"})
    void nothingElseIsRead(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TargetSession.parse(text))
                .withMessage("target_session_attrs must be one of"
                        + " any, read-write, read-only, primary, standby, prefer-standby");
    }
}
