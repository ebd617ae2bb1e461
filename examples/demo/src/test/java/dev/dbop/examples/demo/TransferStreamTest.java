package dev.dbop.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TransferStreamTest {

    @Test
    void theSameSeedOrdersTheSameTransfers() {
        assertThat(thousand(1, 3)).isEqualTo(thousand(1, 3));
        assertThat(thousand(2, 3)).isNotEqualTo(thousand(1, 3));
    }

    @Test
    void noTwoWorkersShareAnId() {
        List<Long> ids = Stream.of(thousand(1, 0), thousand(1, 1), thousand(1, 2))
                .flatMap(List::stream)
                .map(Transfer::id)
                .toList();

        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void moneyMovesBetweenTwoAccountsThatExist() {
        assertThat(thousand(5, 1)).allSatisfy(transfer -> {
            assertThat(transfer.payer()).isBetween(0, Bank.ACCOUNTS - 1).isNotEqualTo(transfer.payee());
            assertThat(transfer.payee()).isBetween(0, Bank.ACCOUNTS - 1);
            assertThat(transfer.amount()).isPositive();
        });
    }

    private static List<Transfer> thousand(long seed, int worker) {
        TransferStream stream = new TransferStream(seed, worker);
        return Stream.generate(stream::next).limit(1000).toList();
    }
}
