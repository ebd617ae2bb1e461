package dev.dbop.benchmarks.peers;

import java.util.List;

/** Everybody who can retry any operation. */
public final class Peers {
    /** The hand-written loop, which the others are compared with. */
    public static final String HAND = "hand";
    /** Ourselves. */
    public static final String DBOP = "dbop";
    /** In the order of tables. */
    public static final List<String> NAMES =
            List.of(HAND, DBOP, "failsafe", "resilience4j", "spring-core", "spring-retry", "smallrye");

    private Peers() {}

    /**
     * Makes one of them.
     *
     * @param name one of {@link #NAMES}
     * @param policy what to do
     * @return the peer
     * @throws IllegalArgumentException if the name is unknown
     */
    public static Peer of(String name, Policy policy) {
        return switch (name) {
            case HAND -> new HandLoop(policy);
            case DBOP -> new DbopPeer(policy);
            case "failsafe" -> new FailsafePeer(policy);
            case "resilience4j" -> new Resilience4jPeer(policy);
            case "spring-core" -> new SpringCorePeer(policy);
            case "spring-retry" -> new SpringRetryPeer(policy);
            case "smallrye" -> new SmallRyePeer(policy);
            default -> throw new IllegalArgumentException("peer " + name + ": must be one of " + NAMES);
        };
    }
}
