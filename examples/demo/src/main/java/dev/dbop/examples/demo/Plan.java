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
record Plan(Database database, int workers, Duration perWay, long seed) {}
