package dev.dbop.docs.migration;

import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.retry.annotation.Backoff;
import org.springframework.retry.annotation.Retryable;
import org.springframework.transaction.annotation.Transactional;

// snippet: class
class SpringRetryBefore implements Transfers {
    private final JdbcTemplate jdbc;

    SpringRetryBefore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Retryable( // org.springframework.retry.annotation, with @EnableRetry
            retryFor = TransientDataAccessException.class,
            maxAttempts = 6,
            backoff = @Backoff(delay = 100, multiplier = 2, maxDelay = 1000, random = true))
    @Transactional
    @Override
    public void transfer(int from, int to, int amount) {
        jdbc.update("UPDATE account SET balance = balance - ? WHERE id = ?", amount, from);
        jdbc.update("UPDATE account SET balance = balance + ? WHERE id = ?", amount, to);
    }
}
// end snippet
