package dev.dbop.examples.demo;

import dev.dbop.sql.Database;
import java.time.Duration;

/**
 * What is run.
 *
 * @param database on which kind of server
 * @param workers how many contend
 * @param perWay how long orders come in, in each way
 * @param seed of the orders and of the choice of victims
 */
record Plan(Database database, int workers, Duration perWay, long seed) {
    private static final int WARM_UP_PART = 15;

    /** The same, as short as a warm-up may be. */
    Plan forWarmUp() {
        return new Plan(database, workers, perWay.dividedBy(WARM_UP_PART), seed);
    }
}
