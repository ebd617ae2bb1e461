package dev.dbop.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.Verdict;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** What holds for every row of every table, and for every error whatever it carries. */
class FaultTablePropertiesTest {
    private static final Set<Verdict> RETRIES =
            EnumSet.of(Verdict.RETRY_SAVEPOINT, Verdict.RETRY_TRANSACTION, Verdict.RETRY_CONNECTION);

    record Entry(Database database, Fault fault) {}

    @Provide
    Arbitrary<Entry> rows() {
        List<Entry> all = Arrays.stream(Database.values())
                .flatMap(database -> database.faults().faults().stream().map(fault -> new Entry(database, fault)))
                .toList();
        return Arbitraries.of(all);
    }

    @Property(tries = 5_000)
    void everyRowIsFoundByTheErrorItDescribes(@ForAll("rows") Entry entry) {
        Fault fault = entry.fault();
        String state = fault.sqlState();
        String whole = state != null && state.length() == 2 ? state + "_ZZ" : state;
        ServerError error = new ServerError(whole, fault.vendorCode(), fault.fragment(), fault.routine());
        assertThat(entry.database().faults().find(error)).isEqualTo(fault);
    }

    @Property(tries = 5_000)
    void commitIsNeverJudgedMoreMildly(@ForAll("rows") Entry entry) {
        Fault fault = entry.fault();
        assertThat(fault.verdictAtCommit()).as(fault.code()).isGreaterThanOrEqualTo(fault.verdict());
        assertThat(fault.verdictAtCommit()).as(fault.code()).isNotEqualTo(Verdict.RETRY_SAVEPOINT);
    }

    @Property(tries = 5_000)
    void noVerdictCountsOnWhatIsUndone(@ForAll("rows") Entry entry) {
        Fault fault = entry.fault();
        if (fault.undone() != Undone.STATEMENT) {
            assertThat(fault.verdict()).as(fault.code()).isNotEqualTo(Verdict.RETRY_SAVEPOINT);
        }
        if (fault.undone() == Undone.CONNECTION) {
            assertThat(fault.verdict()).as(fault.code()).isEqualTo(Verdict.RETRY_CONNECTION);
        }
    }

    @Property(tries = 5_000)
    void kindAndVerdictGoTogether(@ForAll("rows") Entry entry) {
        Fault fault = entry.fault();
        switch (fault.kind()) {
            case DEADLOCK, LOCK_TIMEOUT, SERIALIZATION, STATEMENT_TIMEOUT, STALE_PLAN, TRANSACTION_LOST ->
                assertThat(RETRIES).as(fault.code()).contains(fault.verdict());
            case CONNECTION, UNAVAILABLE ->
                assertThat(fault.verdict()).as(fault.code()).isNotEqualTo(Verdict.GIVE_UP);
            case CONSTRAINT, INVALID ->
                assertThat(fault.verdict()).as(fault.code()).isEqualTo(Verdict.GIVE_UP);
            case AFTERMATH ->
                assertThat(fault.verdict()).as(fault.code()).isIn(Verdict.GIVE_UP, Verdict.RETRY_CONNECTION);
            case CANCELLED, RESOURCES, READ_ONLY, TRANSIENT ->
                assertThat(fault.reason()).isNotBlank();
        }
    }

    @Property(tries = 5_000)
    void everyRowSaysWhyInOneSentenceAndWhereFrom(@ForAll("rows") Entry entry) {
        Fault fault = entry.fault();
        assertThat(fault.reason()).endsWith(".").doesNotContain("|", "\n", "  ");
        assertThat(fault.source()).isNotBlank().doesNotContain("|", "\n", "://");
    }

    @Property
    void contentionIsWhatANewSnapshotMayCure(@ForAll FaultKind kind) {
        assertThat(kind.isContention())
                .isEqualTo(EnumSet.of(
                                FaultKind.DEADLOCK,
                                FaultKind.LOCK_TIMEOUT,
                                FaultKind.SERIALIZATION,
                                FaultKind.STATEMENT_TIMEOUT)
                        .contains(kind));
    }

    @Provide
    Arbitrary<ServerError> errors() {
        Arbitrary<@Nullable String> states =
                Arbitraries.strings().ascii().ofMaxLength(6).injectNull(0.2);
        Arbitrary<@Nullable String> messages =
                Arbitraries.strings().ofMaxLength(20).injectNull(0.3);
        return Combinators.combine(states, Arbitraries.integers(), messages, messages)
                .as(ServerError::new);
    }

    @Property
    void anyErrorMayBeAsked(@ForAll Database database, @ForAll("errors") ServerError error) {
        Fault fault = database.faults().find(error);
        if (fault != null && fault.vendorCode() == 0) {
            assertThat(error.sqlState()).startsWith(fault.sqlState());
        }
    }

    @Property
    void aCodeIsNeverTakenForAnotherOne(@ForAll Database database, @ForAll @IntRange(min = 1) int code) {
        Fault fault = database.faults().find(ServerError.ofVendorCode(code));
        if (fault != null) {
            assertThat(fault.vendorCode()).isIn(code, database == Database.SQLITE ? code & 0xff : code);
        }
    }
}
