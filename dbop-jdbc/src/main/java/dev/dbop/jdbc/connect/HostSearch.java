package dev.dbop.jdbc.connect;

import dev.dbop.Ticker;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.HostOrder;
import dev.dbop.connect.HostWalk;
import dev.dbop.connect.ServerRole;
import dev.dbop.connect.TargetSession;
import dev.dbop.connect.WalkLimits;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Performs one {@link HostWalk} with JDBC, blocking. Used once, by one thread. */
final class HostSearch {
    static final Logger LOG = LoggerFactory.getLogger(ConnectionFactory.class);

    private final HostLogin login;
    private final HostOrder order;
    private final WalkLimits limits;
    private final Ticker ticker;
    private final long begun;
    private HostWalk walk;
    private @Nullable Connection opened;
    private @Nullable Connection kept;

    HostSearch(HostLogin login, HostOrder order, TargetSession target, WalkLimits limits, Ticker ticker) {
        this.login = login;
        this.order = order;
        this.limits = limits;
        this.ticker = ticker;
        this.begun = ticker.nanoTime();
        this.walk = order.walk(target, limits.passes());
    }

    Connection run() throws SQLException {
        Driver driver = login.driver();
        try {
            while (walk.step() instanceof HostWalk.Step.Try next) {
                advance(driver, next);
            }
            return result();
        } finally {
            order.learn(walk);
            HostLogin.close(opened);
            HostLogin.close(kept);
        }
    }

    private void advance(Driver driver, HostWalk.Step.Try next) throws SQLException {
        Duration limit = limits.next(elapsed());
        // A thread interrupted before may want to clean up: it is given one host.
        if (!walk.outcomes().isEmpty() && Thread.currentThread().isInterrupted()) {
            throw failure("the search was interrupted: ");
        }
        if (limit.isZero()) {
            walk = walk.timeUp();
            return;
        }
        try {
            walk = walk.reached(enter(driver, next, limit));
        } catch (SQLException failure) {
            LOG.debug("{} gave no session", next.host(), failure);
            walk = login.isRefusal(failure) ? walk.refused(failure) : walk.failed(failure);
        }
        sortOut(next.host());
    }

    private @Nullable ServerRole enter(Driver driver, HostWalk.Step.Try next, Duration limit) throws SQLException {
        long from = ticker.nanoTime();
        opened = login.connect(driver, next.host(), limit);
        ServerRole role = null;
        if (next.asksRole()) {
            role = login.role(opened, limit.minusNanos(ticker.nanoTime() - from));
        }
        login.release(opened);
        return role;
    }

    /** Keeps the connection just opened if it may be of use, and closes it if not. */
    private void sortOut(HostAddress host) {
        if (walk.step() instanceof HostWalk.Step.Use use && use.host().equals(host)) {
            return;
        }
        if (host.equals(walk.kept()) && kept == null) {
            kept = opened;
        } else {
            HostLogin.close(opened);
        }
        opened = null;
    }

    private Connection result() throws SQLException {
        HostWalk.Step end = walk.step();
        if (end instanceof HostWalk.Step.Use) {
            return handedOut();
        }
        if (end instanceof HostWalk.Step.Refuse refuse && refuse.failure() instanceof SQLException refusal) {
            walk.failures().stream().filter(earlier -> !earlier.equals(refusal)).forEach(refusal::addSuppressed);
            throw refusal;
        }
        boolean timeUp = end instanceof HostWalk.Step.Fail fail && fail.timeUp();
        throw failure(timeUp ? "after " + elapsed().toMillis() + " ms, of " + limits.total() + " allowed: " : "");
    }

    private Connection handedOut() {
        Connection result = opened == null ? kept : opened;
        if (result == null) {
            throw new IllegalStateException("the walk uses a connection that was not kept");
        }
        if (opened == null) {
            kept = null;
        } else {
            opened = null;
        }
        return result;
    }

    private SQLException failure(String why) {
        SQLException failure = new SQLTransientConnectionException(why + walk.explanation(), "08001");
        walk.failures().forEach(failure::addSuppressed);
        return failure;
    }

    private Duration elapsed() {
        return Duration.ofNanos(ticker.nanoTime() - begun);
    }
}
