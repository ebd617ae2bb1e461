package dev.dbop.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.RandomSource;
import dev.dbop.connect.HostWalk.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The order is a shuffle of all hosts, fair over many, and what was of no use is put behind. */
class HostOrderTest {
    private final AtomicLong now = new AtomicLong();

    private static List<HostAddress> hosts(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(n -> new HostAddress("db" + n, 5432))
                .toList();
    }

    /** Leaves lists as they are. */
    private static final RandomSource UNSHUFFLED = () -> Math.nextDown(1.0);

    private HostOrder order(int count) {
        return HostOrder.of(hosts(count), UNSHUFFLED, now::get);
    }

    private static HostOrder order(int count, long seed) {
        return HostOrder.of(hosts(count), new Random(seed)::nextDouble, () -> 0);
    }

    private static List<HostAddress> tried(HostWalk begun) {
        List<HostAddress> tried = new ArrayList<>();
        HostWalk at = begun;
        while (at.step() instanceof Step.Try next) {
            tried.add(next.host());
            at = at.failed(new IllegalStateException("down"));
        }
        return tried;
    }

    @Property
    void everyPassTriesEveryHostExactlyOnce(
            @ForAll @IntRange(min = 1, max = 8) int count,
            @ForAll @IntRange(min = 1, max = 4) int passes,
            @ForAll long seed,
            @ForAll TargetSession target) {
        HostOrder order = order(count, seed);

        List<HostAddress> tried = tried(order.walk(target, passes));

        assertThat(tried).hasSize(count * passes);
        for (int pass = 0; pass < passes; pass++) {
            assertThat(tried.subList(pass * count, (pass + 1) * count))
                    .containsExactlyInAnyOrderElementsOf(hosts(count));
        }
        assertThat(tried.subList(0, count)).isEqualTo(order.hosts());
    }

    @Property
    void theFirstPassKeepsItsOrderFromWalkToWalk(@ForAll @IntRange(min = 1, max = 8) int count, @ForAll long seed) {
        HostOrder order = order(count, seed);

        assertThat(tried(order.walk(TargetSession.ANY, 1))).isEqualTo(tried(order.walk(TargetSession.ANY, 1)));
    }

    @Property(tries = 20)
    void everyHostIsFirstAboutEquallyOften(@ForAll @IntRange(min = 2, max = 5) int count, @ForAll long seed) {
        Random random = new Random(seed);
        Map<HostAddress, Integer> first = new HashMap<>();
        Map<HostAddress, Integer> firstInFailover = new HashMap<>();
        int rounds = 1_000;
        for (int i = 0; i < rounds; i++) {
            HostOrder order = HostOrder.of(hosts(count), random::nextDouble, () -> 0);
            List<HostAddress> tried = tried(order.walk(TargetSession.ANY, 2));
            first.merge(tried.get(0), 1, Integer::sum);
            firstInFailover.merge(tried.get(count), 1, Integer::sum);
        }

        double fair = (double) rounds / count;
        // Eight standard deviations: chance alone does not fail this.
        double deviation = 8 * Math.sqrt(fair * (1 - 1.0 / count));
        assertThat(first.values())
                .hasSize(count)
                .allSatisfy(n -> assertThat(Math.abs(n - fair)).isLessThan(deviation));
        assertThat(firstInFailover.values())
                .hasSize(count)
                .allSatisfy(n -> assertThat(Math.abs(n - fair)).isLessThan(deviation));
    }

    @Example
    void hostsOfNoUseAreTriedLaterForAWhileThoseThatFailedLast() {
        HostOrder order = order(3);
        order.learn(order.walk(TargetSession.PRIMARY, 1)
                .failed(new IllegalStateException("mute"))
                .reached(ServerRole.STANDBY)
                .reached(ServerRole.PRIMARY));

        assertThat(names(order)).containsExactly("db3", "db2", "db1");
        now.addAndGet(HostOrder.MEMORY.toNanos() + 1);
        assertThat(names(order)).containsExactly("db1", "db2", "db3");
    }

    @Example
    void aHostThatHelpsAgainIsForgiven() {
        HostOrder order = order(2);
        order.learn(order.walk(TargetSession.ANY, 1)
                .failed(new IllegalStateException("down"))
                .timeUp());
        assertThat(names(order)).containsExactly("db2", "db1");

        order.learn(order.walk(TargetSession.ANY, 1)
                .failed(new IllegalStateException("down"))
                .reached(null));

        assertThat(names(order)).containsExactly("db1", "db2");
    }

    @Example
    void aPreferredStandbyThatIsMuteCostsItsLimitOnce() {
        HostOrder order = order(2);
        order.learn(order.walk(TargetSession.PREFER_STANDBY, 2)
                .failed(new IllegalStateException("mute"))
                .reached(ServerRole.PRIMARY));

        HostWalk next = order.walk(TargetSession.PREFER_STANDBY, 2);

        assertThat(next.step()).isEqualTo(new Step.Try(new HostAddress("db2", 5432), true));
        assertThat(next.reached(ServerRole.PRIMARY).step()).isEqualTo(new Step.Use(new HostAddress("db2", 5432)));
    }

    @Example
    void aHostNamedTwiceCountsOnce() {
        List<HostAddress> twice = List.of(new HostAddress("db1", 1), new HostAddress("db1", 1));

        assertThat(HostOrder.of(twice, UNSHUFFLED, now::get).hosts()).hasSize(1);
    }

    @Example
    void aConnectionStringMayKeepItsHostsAsTheyAreWritten() {
        String uri = "postgresql://db1,db2,db3,db4,db5,db6,db7,db8,db9/shop?load_balance_hosts=";
        Dsn asWritten = Dsn.parse(uri + "disable");
        Random random = new Random(1);

        HostOrder fixed = HostOrder.of(asWritten, random::nextDouble, now::get);
        HostOrder shuffled = HostOrder.of(Dsn.parse(uri + "random"), random::nextDouble, now::get);

        List<HostAddress> twice = new ArrayList<>(asWritten.hosts());
        twice.addAll(asWritten.hosts());
        assertThat(tried(fixed.walk(TargetSession.ANY, 2))).isEqualTo(twice);
        assertThat(shuffled.hosts()).isNotEqualTo(asWritten.hosts());
    }

    @Example
    void anOrderNeedsAHostAndAWalkAPass() {
        assertThatThrownBy(() -> HostOrder.of(List.of(), UNSHUFFLED, now::get))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one");
        assertThatThrownBy(() -> order(1).walk(TargetSession.ANY, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("passes is 0");
    }

    @Example
    void aRefusedLoginIsNotHeldAgainstItsHost() {
        HostOrder order = order(2);
        order.learn(order.walk(TargetSession.PREFER_STANDBY, 1).refused(new IllegalStateException("wrong password")));

        HostWalk walk = order.walk(TargetSession.PREFER_STANDBY, 1).reached(ServerRole.STANDBY);

        assertThat(walk.step()).isEqualTo(new Step.Use(hosts(2).get(0)));
    }

    @Example
    void theLimitsAreCheckedAndShareWhatIsLeft() {
        WalkLimits limits = new WalkLimits(Duration.ofSeconds(5), Duration.ofSeconds(12), 2);

        assertThat(limits.next(Duration.ZERO)).isEqualTo(Duration.ofSeconds(5));
        assertThat(limits.next(Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(2));
        assertThat(limits.next(Duration.ofSeconds(12))).isZero();
        assertThat(limits.next(Duration.ofSeconds(13))).isZero();
        assertThatThrownBy(() -> new WalkLimits(Duration.ZERO, Duration.ofSeconds(1), 1))
                .hasMessageContaining("must be positive");
        assertThatThrownBy(() -> new WalkLimits(Duration.ofSeconds(2), Duration.ofSeconds(1), 1))
                .hasMessageContaining("total is PT1S");
        assertThatThrownBy(() -> new WalkLimits(Duration.ofSeconds(1), Duration.ofSeconds(1), 0))
                .hasMessageContaining("passes is 0");
    }

    private static List<String> names(HostOrder order) {
        return tried(order.walk(TargetSession.PRIMARY, 1)).stream()
                .map(HostAddress::host)
                .toList();
    }
}
