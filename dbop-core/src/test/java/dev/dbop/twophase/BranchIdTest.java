package dev.dbop.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.twophase.GroupId.LogLess;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BranchIdTest {
    private static final String STORE = "4f0c2a9be1d37856";
    private static final String BASE = "90ab12cd34ef5678";
    private static final GroupId GROUP = new GroupId("dbop", STORE, BASE, 3, null);
    private static final GroupId LOG_LESS =
            new GroupId("dbop", GroupId.NO_STORE, BASE, 2, new LogLess(1_800_000_000, List.of("ba7816bf", "00000000")));

    @Test
    void isWrittenAsPostgresqlWantsIt() {
        assertThat(GROUP.branch(1)).hasToString("dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:1");
        assertThat(LOG_LESS.branch(0)).hasToString("dbop:logless:90ab12cd34ef5678:2:0:1800000000:ba7816bf00000000");
    }

    @Test
    void isSplitAsXaWantsIt() {
        BranchId branch = GROUP.branch(2);

        assertThat(branch.gtrid()).isEqualTo("dbop:4f0c2a9be1d37856:90ab12cd34ef5678");
        assertThat(branch.bqual()).isEqualTo("3:2");
        assertThat(LOG_LESS.branch(1).bqual()).isEqualTo("2:1:1800000000:ba7816bf00000000");
    }

    @Test
    void longestNamesFitTheServers() {
        List<String> six = IntStream.range(0, 6).mapToObj(i -> "ffffffff").toList();
        GroupId row = new GroupId("prefixes", STORE, BASE, 64, null);
        GroupId logLess = new GroupId("prefixes", GroupId.NO_STORE, BASE, 6, new LogLess(9_999_999_999L, six));

        assertThat(List.of(row.branch(63), logLess.branch(5))).allSatisfy(branch -> {
            assertThat(branch.toString().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(200);
            assertThat(branch.gtrid().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(64);
            assertThat(branch.bqual().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(64);
            assertThat(BranchId.parse(branch.toString())).isEqualTo(branch);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 3})
    void refusesIndexTheGroupDoesNotHave(int index) {
        assertThatThrownBy(() -> GROUP.branch(index))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("index is " + index + ": must be 0 to 2 in a group of 3");
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Random random = new Random(20);
        for (int round = 0; round < 5_000; round++) {
            BranchId branch = anyBranch(random);

            assertThat(BranchId.parse(branch.toString())).isEqualTo(branch);
            assertThat(BranchId.parse(branch.gtrid(), branch.bqual())).isEqualTo(branch);
        }
    }

    @Test
    void whatIsReadIsWrittenTheSame() {
        Random random = new Random(21);
        int read = 0;
        for (int round = 0; round < 50_000; round++) {
            String text = altered(anyBranch(random).toString(), random);

            BranchId branch = BranchId.parse(text);

            if (branch != null) {
                read++;
                assertThat(branch).hasToString(text);
            }
        }
        assertThat(read).as("texts that are still ours").isPositive();
    }

    @Nested
    class IsSomebodyElses {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    ":",
                    "dbop",
                    "7_Z3RyaWQ=_YjE=",
                    // prefix
                    ":4f0c2a9be1d37856:90ab12cd34ef5678:3:1",
                    "DBOP:4f0c2a9be1d37856:90ab12cd34ef5678:3:1",
                    "dbop2:4f0c2a9be1d37856:90ab12cd34ef5678:3:1",
                    "toolongxy:4f0c2a9be1d37856:90ab12cd34ef5678:3:1",
                    "dböp:4f0c2a9be1d37856:90ab12cd34ef5678:3:1",
                    // store
                    "dbop:0000000000000000:90ab12cd34ef5678:3:1",
                    "dbop:4F0C2A9BE1D37856:90ab12cd34ef5678:3:1",
                    "dbop:4f0c2a9be1d3785:90ab12cd34ef5678:3:1",
                    "dbop:4f0c2a9be1d378560:90ab12cd34ef5678:3:1",
                    "dbop:4g0c2a9be1d37856:90ab12cd34ef5678:3:1",
                    "dbop:logless:90ab12cd34ef5678:3:1",
                    // base
                    "dbop:4f0c2a9be1d37856:0000000000000000:3:1",
                    "dbop:4f0c2a9be1d37856:90AB12CD34EF5678:3:1",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef567:3:1",
                    "dbop:4f0c2a9be1d37856::3:1",
                    // number of branches
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:0:0",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:-3:1",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:+3:1",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:03:1",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:65:1",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:99:1",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:100:1",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:4294967299:1",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:٣:1",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678::1",
                    // index
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:3",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:-1",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:+1",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:01",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:00",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:１",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3",
                    // more or other things around it
                    " dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:1",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:1 ",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:1\n",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:1\0",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:1:",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:1:1",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678: 3:1",
                    "dbop-4f0c2a9be1d37856-90ab12cd34ef5678-3-1",
                    "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:1:1800000000:ba7816bf",
                })
        void textWithADecisionRow(String text) {
            assertThat(BranchId.parse(text)).isNull();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "dbop:logless:0000000000000000:1:0:1800000000:ba7816bf",
                    "dbop:LOGLESS:90ab12cd34ef5678:1:0:1800000000:ba7816bf",
                    "dbop:logless:90ab12cd34ef5678:0:0:1800000000:ba7816bf",
                    "dbop:logless:90ab12cd34ef5678:1:1:1800000000:ba7816bf",
                    "dbop:logless:90ab12cd34ef5678:2:0:1800000000:ba7816bf",
                    "dbop:logless:90ab12cd34ef5678:1:0:1800000000:ba7816bf00000000",
                    "dbop:logless:90ab12cd34ef5678:1:0:1800000000:ba7816b",
                    "dbop:logless:90ab12cd34ef5678:1:0:1800000000:BA7816BF",
                    "dbop:logless:90ab12cd34ef5678:1:0:1800000000:ba7816bf:",
                    "dbop:logless:90ab12cd34ef5678:1:0:1800000000:",
                    "dbop:logless:90ab12cd34ef5678:1:0:1800000000",
                    "dbop:logless:90ab12cd34ef5678:1:0:0:ba7816bf",
                    "dbop:logless:90ab12cd34ef5678:1:0:01800000000:ba7816bf",
                    "dbop:logless:90ab12cd34ef5678:1:0:-1:ba7816bf",
                    "dbop:logless:90ab12cd34ef5678:1:0:18000000000:ba7816bf",
                    "dbop:logless:90ab12cd34ef5678:7:0:1800000000:"
                            + "ba7816bfba7816bfba7816bfba7816bfba7816bfba7816bfba7816bf",
                })
        void textWithoutADecisionRow(String text) {
            assertThat(BranchId.parse(text)).isNull();
        }

        @ParameterizedTest
        @CsvSource({
            "dbop:4f0c2a9be1d37856, 90ab12cd34ef5678:3:1",
            "dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3, 1",
            "dbop, 4f0c2a9be1d37856:90ab12cd34ef5678:3:1",
            "dbop:4f0c2a9be1d37856:90ab12cd34ef5678, 3:3",
            "'dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:1', ''",
            "'', 'dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:1'",
        })
        void xaIdSplitElsewhere(String gtrid, String bqual) {
            assertThat(BranchId.parse(gtrid, bqual)).isNull();
        }
    }

    private static BranchId anyBranch(Random random) {
        String prefix = random.ints(1 + random.nextInt(8), 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        String base = GroupId.newKey(random);
        if (random.nextBoolean()) {
            int n = 1 + random.nextInt(64);
            return new GroupId(prefix, GroupId.newKey(random), base, n, null).branch(random.nextInt(n));
        }
        int n = 1 + random.nextInt(6);
        List<String> participants = IntStream.range(0, n)
                .mapToObj(i -> String.format(Locale.ROOT, "%08x", random.nextInt()))
                .toList();
        LogLess logLess = new LogLess(1 + random.nextLong(9_999_999_999L), participants);
        return new GroupId(prefix, GroupId.NO_STORE, base, n, logLess).branch(random.nextInt(n));
    }

    /** One character put in, taken out or replaced. */
    private static String altered(String text, Random random) {
        String alphabet = "0123456789abcdefz:+- A\n٣";
        char other = alphabet.charAt(random.nextInt(alphabet.length()));
        int at = random.nextInt(text.length());
        return switch (random.nextInt(3)) {
            case 0 -> text.substring(0, at) + other + text.substring(at);
            case 1 -> text.substring(0, at) + text.substring(at + 1);
            default -> text.substring(0, at) + other + text.substring(at + 1);
        };
    }
}
