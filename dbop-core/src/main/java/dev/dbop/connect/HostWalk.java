package dev.dbop.connect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The search for a session among several hosts, step by step: which host comes next, whether its answer will do, and when
 * to stop. Begun by {@link HostOrder#walk}.
 *
 * <p>The first pass goes through all hosts and ends with the first that fits the target. If none does, each further pass
 * goes through all of them again, in an order of its own: a failover may have been under way. A server that will do only if
 * there is no better one ({@link TargetSession#PREFER_STANDBY}) is {@linkplain #kept kept} and taken at the end of the pass,
 * without connecting twice.
 *
 * <p>Immutable, without I/O or clock: each answer gives the next state. The driver, blocking or not, performs {@link
 * #step()} and closes every connection that is neither used nor kept.
 */
public final class HostWalk {
    private final TargetSession target;
    private final List<List<HostAddress>> passes;
    private final int trusted;
    private final int pass;
    private final int index;
    private final @Nullable HostAddress kept;
    private final List<HostOutcome> outcomes;
    private final @Nullable Step end;

    private HostWalk(HostWalk before, int pass, int index, @Nullable HostAddress kept, List<HostOutcome> outcomes) {
        this.target = before.target;
        this.passes = before.passes;
        this.trusted = before.trusted;
        this.pass = pass;
        this.index = index;
        this.kept = kept;
        this.outcomes = outcomes;
        this.end = null;
    }

    private HostWalk(HostWalk before, List<HostOutcome> outcomes, Step end) {
        this.target = before.target;
        this.passes = before.passes;
        this.trusted = before.trusted;
        this.pass = before.pass;
        this.index = before.index;
        this.kept = before.kept;
        this.outcomes = List.copyOf(outcomes);
        this.end = end;
    }

    private HostWalk(TargetSession target, List<List<HostAddress>> passes, int trusted) {
        this.target = target;
        this.passes = passes;
        this.trusted = trusted;
        this.pass = 0;
        this.index = 0;
        this.kept = null;
        this.outcomes = List.of();
        this.end = null;
    }

    /** One thing for the driver to do. */
    public sealed interface Step {
        /**
         * Connect to the host and, if asked to, find out its role; answered by {@link HostWalk#reached}, {@link
         * HostWalk#failed}, {@link HostWalk#refused} or {@link HostWalk#timeUp}.
         *
         * @param host where to connect
         * @param asksRole whether the role matters
         */
        record Try(HostAddress host, boolean asksRole) implements Step {}

        /**
         * Hand out the connection to this host: the one just made, or the one kept.
         *
         * @param host where it leads
         */
        record Use(HostAddress host) implements Step {}

        /**
         * Fail with this: the server does not let this user in or has no such database, which no other host will change.
         *
         * @param failure why
         */
        record Refuse(Throwable failure) implements Step {}

        /**
         * Fail: nobody fits. What each host did is in {@link HostWalk#outcomes}.
         *
         * @param timeUp whether the time was up before the hosts were
         */
        record Fail(boolean timeUp) implements Step {}
    }

    /**
     * Begins a walk.
     *
     * @param target what is looked for
     * @param passes the order of the hosts in each pass, each with the same hosts; neither empty nor with empty passes
     * @param trusted how many hosts of the first pass, from its beginning, have not failed a moment ago: the others are not
     *     tried while one is kept
     */
    static HostWalk start(TargetSession target, List<List<HostAddress>> passes, int trusted) {
        return new HostWalk(target, passes, trusted);
    }

    /**
     * Returns what is to be done now.
     *
     * @return the step; the last one is not a {@link Step.Try}
     */
    public Step step() {
        return end == null ? new Step.Try(current(), target != TargetSession.ANY) : end;
    }

    /**
     * Takes the answer of a host that let the driver in.
     *
     * @param role what it is, or null where that was not asked
     * @return the next state
     * @throws IllegalStateException if no try is awaited
     * @throws IllegalArgumentException if the role is null though it was asked for
     */
    public HostWalk reached(@Nullable ServerRole role) {
        HostAddress host = awaited();
        if (role == null && target != TargetSession.ANY) {
            throw new IllegalArgumentException(
                    "role is null: the target is " + target.text() + ", so ask the server for its role");
        }
        List<HostOutcome> told = told(new HostOutcome(host, role, null));
        if (role == null || role.fits(target)) {
            return new HostWalk(this, told, new Step.Use(host));
        }
        boolean willDo = target == TargetSession.PREFER_STANDBY;
        return next(willDo && kept == null ? host : kept, told);
    }

    /**
     * Takes a failure to connect or to ask, after which another host may do better.
     *
     * @param failure why
     * @return the next state
     * @throws IllegalStateException if no try is awaited
     */
    public HostWalk failed(Throwable failure) {
        return next(kept, told(new HostOutcome(awaited(), null, Objects.requireNonNull(failure, "failure"))));
    }

    /**
     * Takes a failure that ends the walk, such as a wrong password: see {@link dev.dbop.sql.RoleSql#endsWalk}.
     *
     * @param failure why
     * @return the last state
     * @throws IllegalStateException if no try is awaited
     */
    public HostWalk refused(Throwable failure) {
        HostOutcome outcome = new HostOutcome(awaited(), null, Objects.requireNonNull(failure, "failure"));
        return new HostWalk(this, told(outcome), new Step.Refuse(failure));
    }

    /**
     * Ends the walk because its time is up; what is kept will have to do.
     *
     * @return the last state
     */
    public HostWalk timeUp() {
        if (end != null) {
            return this;
        }
        return new HostWalk(this, outcomes, kept == null ? new Step.Fail(true) : new Step.Use(kept));
    }

    /**
     * Returns the host whose connection is to stay open, in case no better one is found.
     *
     * @return the host, or null
     */
    public @Nullable HostAddress kept() {
        return kept;
    }

    /**
     * Returns what every try has come to, in order.
     *
     * @return an immutable list
     */
    public List<HostOutcome> outcomes() {
        return outcomes;
    }

    /**
     * Explains why nobody fits: each host with what it last did.
     *
     * @return one line
     */
    public String explanation() {
        StringBuilder text = new StringBuilder("no session with target_session_attrs=").append(target.text());
        text.append(" on any of ").append(passes.get(0).size()).append(" host(s): ");
        Map<HostAddress, HostOutcome> last = last();
        List<String> each = new ArrayList<>();
        for (HostAddress host : passes.get(0)) {
            HostOutcome outcome = last.get(host);
            each.add(outcome == null ? host + ": not tried" : outcome.text());
        }
        return text.append(String.join("; ", each)).toString();
    }

    /**
     * Returns the failures behind {@link #explanation}: the last one of each host that failed.
     *
     * @return an immutable list, in the order of the hosts
     */
    public List<Throwable> failures() {
        return last().values().stream()
                .map(HostOutcome::failure)
                .filter(Objects::nonNull)
                .map(Throwable.class::cast)
                .toList();
    }

    private Map<HostAddress, HostOutcome> last() {
        Map<HostAddress, HostOutcome> last = new LinkedHashMap<>();
        outcomes.forEach(outcome -> last.put(outcome.host(), outcome));
        return last;
    }

    private HostAddress current() {
        return passes.get(pass).get(index);
    }

    private HostAddress awaited() {
        if (end != null) {
            throw new IllegalStateException("the walk has ended with " + end + ": begin another");
        }
        return current();
    }

    private List<HostOutcome> told(HostOutcome outcome) {
        List<HostOutcome> all = new ArrayList<>(outcomes);
        all.add(outcome);
        return List.copyOf(all);
    }

    private HostWalk next(@Nullable HostAddress keeping, List<HostOutcome> told) {
        int following = index + 1;
        boolean passOver = following == passes.get(pass).size();
        boolean onlySuspects = pass == 0 && following >= trusted;
        if (keeping != null && (passOver || onlySuspects)) {
            return new HostWalk(this, told, new Step.Use(keeping));
        }
        if (!passOver) {
            return new HostWalk(this, pass, following, keeping, told);
        }
        return pass + 1 < passes.size()
                ? new HostWalk(this, pass + 1, 0, null, told)
                : new HostWalk(this, told, new Step.Fail(false));
    }
}
