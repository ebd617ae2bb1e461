package dev.dbop.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.twophase.GroupId.LogLess;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GroupIdTest {
    private static final String STORE = "4f0c2a9be1d37856";
    private static final String BASE = "90ab12cd34ef5678";

    @Test
    void isNamedByPrefixStoreAndBase() {
        assertThat(new GroupId("dbop", STORE, BASE, 3, null)).hasToString("dbop:4f0c2a9be1d37856:90ab12cd34ef5678");
    }

    @Test
    void everyNewGroupHasAnotherBase() {
        Set<String> bases = new HashSet<>();

        for (int i = 0; i < 1_000; i++) {
            bases.add(GroupId.create("dbop", STORE, 2).base());
        }

        assertThat(bases).hasSize(1_000).allMatch(base -> base.matches("[0-9a-f]{16}"));
    }

    @Test
    void newGroupKeepsWhatItIsGiven() {
        GroupId group = GroupId.create("bank", STORE, 5);

        assertThat(group.prefix()).isEqualTo("bank");
        assertThat(group.store()).isEqualTo(STORE);
        assertThat(group.branches()).isEqualTo(5);
        assertThat(group.logLess()).isNull();
    }

    @Test
    void newLogLessGroupNamesItsParticipantsInOrder() {
        GroupId group = GroupId.createLogLess("dbop", 1_800_000_000, List.of("one", "two"));

        assertThat(group.store()).isEqualTo("logless");
        assertThat(group.branches()).isEqualTo(2);
        assertThat(group.logLess())
                .isEqualTo(new LogLess(1_800_000_000, List.of(GroupId.shortId("one"), GroupId.shortId("two"))));
    }

    @Test
    void keyIsNeverAllZeros() {
        assertThat(GroupId.newKey(drawing(0, 0, 0xAL))).isEqualTo("000000000000000a");
    }

    @Test
    void keyUsesAllBitsDrawn() {
        assertThat(GroupId.newKey(drawing(-1))).isEqualTo("ffffffffffffffff");
        assertThat(GroupId.newKey(drawing(0x0123456789abcdefL))).isEqualTo("0123456789abcdef");
    }

    /** SHA-256 of "abc" begins with ba7816bf (FIPS 180-4, example). */
    @Test
    void shortIdIsTheStartOfTheSha256() {
        assertThat(GroupId.shortId("abc")).isEqualTo("ba7816bf");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Dbop", "dbop1", "ninechars", "db op", "dböp", "dbop:"})
    void refusesPrefix(String prefix) {
        assertThatThrownBy(() -> new GroupId(prefix, STORE, BASE, 2, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prefix is '" + prefix + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0000000000000000", "4F0C2A9BE1D37856", "4f0c2a9be1d3785", "4f0c2a9be1d378560", "logless"})
    void refusesStoreAndBase(String key) {
        assertThatThrownBy(() -> new GroupId("dbop", key, BASE, 2, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("store is '" + key + "'");
        assertThatThrownBy(() -> new GroupId("dbop", STORE, key, 2, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("base is '" + key + "'");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65})
    void refusesNumberOfBranches(int branches) {
        assertThatThrownBy(() -> new GroupId("dbop", STORE, BASE, branches, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("branches is " + branches + ": must be 1 to 64");
    }

    @Test
    void refusesSevenBranchesWithoutADecisionRow() {
        List<String> seven = IntStream.range(0, 7).mapToObj(i -> "server " + i).toList();

        assertThatThrownBy(() -> GroupId.createLogLess("dbop", 1, seven))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("branches is 7: must be 1 to 6");
    }

    @Test
    void refusesStoreInAGroupWithoutADecisionRow() {
        LogLess logLess = new LogLess(1, List.of("ba7816bf"));

        assertThatThrownBy(() -> new GroupId("dbop", STORE, BASE, 1, logLess))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be 'logless'");
    }

    @Test
    void refusesOtherNumberOfParticipantsThanBranches() {
        LogLess logLess = new LogLess(1, List.of("ba7816bf"));

        assertThatThrownBy(() -> new GroupId("dbop", GroupId.NO_STORE, BASE, 2, logLess))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 branches and names 1 participants");
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, 0, 10_000_000_000L})
    void refusesSecond(long second) {
        assertThatThrownBy(() -> new LogLess(second, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("quietAfter is " + second);
    }

    @ParameterizedTest
    @CsvSource({"ba7816b", "ba7816bf0", "BA7816BF", "server"})
    void refusesShortId(String shortId) {
        assertThatThrownBy(() -> new LogLess(1, List.of(shortId)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("participant is '" + shortId + "'");
    }

    private static RandomGenerator drawing(long... draws) {
        Deque<Long> left = new ArrayDeque<>();
        for (long draw : draws) {
            left.add(draw);
        }
        return left::remove;
    }
}
