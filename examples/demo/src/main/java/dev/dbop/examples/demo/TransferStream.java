package dev.dbop.examples.demo;

import java.util.SplittableRandom;

/** The transfers one worker is given, one after the other: the same ones for the same seed. Used by one thread. */
final class TransferStream {
    private static final long IDS_PER_WORKER = 10_000_000;
    private static final long MOST_CENTS = 10_000;

    private final SplittableRandom random;
    private long nextId;

    TransferStream(long seed, int worker) {
        random = new SplittableRandom(seed * 1_000_003 + worker);
        nextId = worker * IDS_PER_WORKER + 1;
    }

    Transfer next() {
        int payer = random.nextInt(Bank.ACCOUNTS);
        int payee = (payer + 1 + random.nextInt(Bank.ACCOUNTS - 1)) % Bank.ACCOUNTS;
        return new Transfer(nextId++, payer, payee, random.nextLong(1, MOST_CENTS));
    }
}
