package dev.dbop.examples.customscope;

import dev.dbop.DbopRunner;

/** Transfers in Spring's transactions that survive what the database does to them. */
final class Transfers {
    private final DbopRunner runner;
    private final SpringScope scope; // SpringScope.transaction(transactionTemplate, dataSource)
    private final Ledger ledger;

    Transfers(DbopRunner runner, SpringScope scope, Ledger ledger) {
        this.runner = runner;
        this.scope = scope;
        this.ledger = ledger;
    }

    // snippet: copy
    void transfer(int from, int to, int amount) {
        runner.named("transfer").run(scope, tx -> {
            Bank.add(tx, from, -amount); // a JdbcTemplate of this attempt
            Bank.add(tx, to, amount);
            ledger.enter(amount + " from " + from + " to " + to); // @Transactional, and so in the same transaction
        });
    }
    // end snippet
}
