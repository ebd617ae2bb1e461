package dev.dbop.connect;

import dev.dbop.RandomSource;
import dev.dbop.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The order in which hosts are tried, and what the last walks have learnt.
 *
 * <p>The hosts are shuffled once, so that processes spread over them and the sessions of one process prefer the same one;
 * each further pass of a walk has an order of its own. A host that a walk got nothing from is tried after the others for a
 * while, one that could not be reached last: a dead server in front would cost every new connection its timeout. No host is
 * ever left out.
 *
 * <p>Thread-safe; never blocks.
 */
public final class HostOrder {
    /** How long a host that was of no use is tried after the others. */
    static final Duration MEMORY = Duration.ofSeconds(10);

    /** The highest value leaves each host where it is. */
    private static final RandomSource AS_WRITTEN = () -> Math.nextDown(1.0);

    private final List<HostAddress> shuffled;
    private final RandomSource random;
    private final Ticker ticker;
    private final Map<HostAddress, Mark> marks = new ConcurrentHashMap<>();

    private HostOrder(List<HostAddress> hosts, RandomSource random, Ticker ticker) {
        this.random = random;
        this.ticker = ticker;
        this.shuffled = shuffled(hosts);
    }

    private enum Rank {
        UNKNOWN,
        UNFIT,
        FAILED
    }

    private record Mark(Rank rank, long since) {}

    /**
     * Shuffles the hosts.
     *
     * @param hosts at least one; one named twice counts once
     * @param random what they are shuffled by
     * @param ticker how long a failure is remembered is measured by
     * @return the order
     * @throws IllegalArgumentException if there is no host
     */
    public static HostOrder of(Collection<HostAddress> hosts, RandomSource random, Ticker ticker) {
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("hosts is []: must name at least one; add a host");
        }
        return new HostOrder(
                List.copyOf(new LinkedHashSet<>(hosts)),
                Objects.requireNonNull(random, "random"),
                Objects.requireNonNull(ticker, "ticker"));
    }

    /**
     * Shuffles the hosts of a connection string, unless it says {@code load_balance_hosts=disable}: then every pass takes
     * them as they are written.
     *
     * @param dsn with the hosts
     * @param random what they are shuffled by
     * @param ticker how long a failure is remembered is measured by
     * @return the order
     */
    public static HostOrder of(Dsn dsn, RandomSource random, Ticker ticker) {
        boolean asWritten = "disable".equals(dsn.parameters().get("load_balance_hosts"));
        return of(dsn.hosts(), asWritten ? AS_WRITTEN : random, ticker);
    }

    /**
     * Returns the hosts as they were shuffled.
     *
     * @return an immutable list, not empty
     */
    public List<HostAddress> hosts() {
        return shuffled;
    }

    /**
     * Begins a walk.
     *
     * @param target what is looked for
     * @param passes how often all hosts are tried, at least once
     * @return its first state
     * @throws IllegalArgumentException if there is to be no pass
     */
    public HostWalk walk(TargetSession target, int passes) {
        if (passes < 1) {
            throw new IllegalArgumentException("passes is " + passes + ": must be at least 1");
        }
        long now = ticker.nanoTime();
        List<HostAddress> first = new ArrayList<>(shuffled);
        first.sort(Comparator.comparing(host -> rank(host, now)));
        int trusted = (int)
                shuffled.stream().filter(host -> rank(host, now) != Rank.FAILED).count();
        List<List<HostAddress>> orders = new ArrayList<>();
        orders.add(List.copyOf(first));
        for (int pass = 1; pass < passes; pass++) {
            orders.add(shuffled(shuffled));
        }
        return HostWalk.start(Objects.requireNonNull(target, "target"), List.copyOf(orders), trusted);
    }

    /**
     * Remembers what a walk has found, for the next ones.
     *
     * @param walk begun by this order, ended or broken off
     */
    public void learn(HostWalk walk) {
        HostAddress used = walk.step() instanceof HostWalk.Step.Use use ? use.host() : null;
        Throwable refusal = walk.step() instanceof HostWalk.Step.Refuse refuse ? refuse.failure() : null;
        for (HostOutcome outcome : walk.outcomes()) {
            if (refusal != null && refusal.equals(outcome.failure())) {
                continue; // says something of the login, nothing of the host
            }
            Rank rank = rank(outcome, used);
            if (rank == Rank.UNKNOWN) {
                marks.remove(outcome.host());
            } else {
                marks.put(outcome.host(), new Mark(rank, ticker.nanoTime()));
            }
        }
    }

    private static Rank rank(HostOutcome outcome, @Nullable HostAddress used) {
        if (outcome.failure() != null) {
            return Rank.FAILED;
        }
        return outcome.host().equals(used) ? Rank.UNKNOWN : Rank.UNFIT;
    }

    private Rank rank(HostAddress host, long now) {
        Mark mark = marks.get(host);
        return mark == null || now - mark.since() > MEMORY.toNanos() ? Rank.UNKNOWN : mark.rank();
    }

    private List<HostAddress> shuffled(List<HostAddress> hosts) {
        List<HostAddress> result = new ArrayList<>(hosts);
        for (int left = result.size(); left > 1; left--) {
            int chosen = (int) (random.nextDouble() * left);
            HostAddress last = result.set(left - 1, result.get(chosen));
            result.set(chosen, last);
        }
        return List.copyOf(result);
    }
}
