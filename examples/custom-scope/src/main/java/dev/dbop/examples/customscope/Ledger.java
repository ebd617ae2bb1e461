package dev.dbop.examples.customscope;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** A bean as there are many: a template of its own, and a transaction of its own if there is none to take part in. */
final class Ledger {
    private final TransactionTemplate transactional;
    private final JdbcTemplate jdbc;

    Ledger(TransactionTemplate transactional, JdbcTemplate jdbc) {
        this.transactional = transactional;
        this.jdbc = jdbc;
    }

    /** What {@code @Transactional} would make of the method. */
    void enter(String entry) {
        transactional.executeWithoutResult(status -> jdbc.update("INSERT INTO ledger VALUES (?)", entry));
    }
}
