package dev.dbop.examples.jooq;

import dev.dbop.DbopRunner;
import dev.dbop.jooq.JooqScope;
import java.math.BigDecimal;
import org.jooq.DSLContext;

/** What an application does. Any {@code DSLContext} will do, and {@code DbopRunner.create()} is enough of a runner. */
final class Transfers {
    private final DbopRunner runner;
    private final DSLContext dsl;

    Transfers(DbopRunner runner, DSLContext dsl) {
        this.runner = runner;
        this.dsl = dsl;
    }

    // snippet: copy
    void transfer(int from, int to, int amount) {
        runner.named("transfer").run(JooqScope.transaction(dsl), tx -> {
            Bank.add(tx, from, -amount); // tx, not dsl: what belongs to the transaction
            Bank.add(tx, to, amount);
        });
    }

    /** Read-only: the server refuses writes, and it may be repeated whatever happened to it. */
    BigDecimal total() {
        return runner.named("total").readOnly().call(JooqScope.transaction(dsl), Bank::total);
    }
    // end snippet
}
