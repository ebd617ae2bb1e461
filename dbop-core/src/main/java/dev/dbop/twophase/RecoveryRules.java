package dev.dbop.twophase;

import java.time.Duration;
import java.util.Set;

/**
 * What a recoverer may touch.
 *
 * @param prefix of the groups that are its own; branches with another are somebody else's
 * @param stores the names of the decision stores it can ask, as it has read them there itself; groups of any other are
 *     left to those who can ask it. May be empty: then only groups without a decision row are finished
 * @param retention how old a decision row must be before it may be deleted. A coordinator whose COMMIT has no answer
 *     asks for the row, and takes its absence for a roll-back: it must stop asking before that age
 */
public record RecoveryRules(String prefix, Set<String> stores, Duration retention) {
    /**
     * Checks the parts and copies the set.
     *
     * @param prefix 1 to 8 lower-case letters
     * @param stores 16 lower-case hex digits each, not all zeros
     * @param retention positive
     * @throws IllegalArgumentException if a part breaks its rule
     */
    public RecoveryRules {
        GroupId.checkPrefix(prefix);
        stores = Set.copyOf(stores);
        stores.forEach(store -> GroupId.checkKey("store", store));
        if (retention.isNegative() || retention.isZero()) {
            throw new IllegalArgumentException(
                    "retention is " + retention + ": must be longer than a coordinator may ask for its row");
        }
    }
}
