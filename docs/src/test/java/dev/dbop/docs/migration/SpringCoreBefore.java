package dev.dbop.docs.migration;

import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.transaction.annotation.Transactional;

// snippet: class
class SpringCoreBefore implements Transfers {
    private final JdbcTemplate jdbc;

    SpringCoreBefore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Retryable( // org.springframework.resilience.annotation, with @EnableResilientMethods
            includes = TransientDataAccessException.class,
            maxRetries = 5,
            delay = 100,
            jitter = 20,
            multiplier = 2,
            maxDelay = 1000)
    @Transactional
    @Override
    public void transfer(int from, int to, int amount) {
        jdbc.update("UPDATE account SET balance = balance - ? WHERE id = ?", amount, from);
        jdbc.update("UPDATE account SET balance = balance + ? WHERE id = ?", amount, to);
    }
}
// end snippet
