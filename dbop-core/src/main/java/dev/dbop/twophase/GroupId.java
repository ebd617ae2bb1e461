package dev.dbop.twophase;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names a group: one logical transaction over several databases.
 *
 * <p>The name carries the store of its decision row, because two applications with different decision stores may share
 * a database: neither must ask its own store about the other's branches. It would find no row, and roll back what the
 * other commits.
 *
 * @param prefix 1 to 8 lower-case letters; sets one user of a server apart from others
 * @param store the name of the store that holds the decision row, 16 lower-case hex digits, not all zeros; {@value
 *     #NO_STORE} for a group without one
 * @param base 16 lower-case hex digits, not all zeros, never used before
 * @param branches how many branches the group has, 1 to {@value #MOST_BRANCHES}; without a decision row up to {@value
 *     #MOST_LOG_LESS_BRANCHES}
 * @param logLess what a group without a decision row carries in its place; null for a group that has one
 */
public record GroupId(
        String prefix,
        String store,
        String base,
        int branches,
        @Nullable LogLess logLess) {
    /** The prefix to use unless there is a reason for another. */
    public static final String DEFAULT_PREFIX = "dbop";

    /** Stands where the store would, in a group without a decision row. */
    public static final String NO_STORE = "logless";

    /** Never a base and never a store: the key of the row in which a decision table keeps its own name. */
    public static final String RESERVED_KEY = "0000000000000000";

    /** The most branches of a group with a decision row. */
    public static final int MOST_BRANCHES = 64;

    /** The most branches of a group without a decision row: what fits an XA branch qualifier of 64 bytes. */
    public static final int MOST_LOG_LESS_BRANCHES = 6;

    private static final SecureRandom SECURE = new SecureRandom();
    private static final Pattern PREFIX = Pattern.compile("[a-z]{1,8}");

    /**
     * Checks the parts.
     *
     * @param prefix see above
     * @param store see above
     * @param base see above
     * @param branches see above
     * @param logLess see above
     * @throws IllegalArgumentException if a part breaks its rule, or a group without a decision row does not name as
     *     many participants as it has branches
     */
    public GroupId {
        checkPrefix(prefix);
        checkKey("base", base);
        if (logLess == null) {
            checkKey("store", store);
            checkBranches(branches, MOST_BRANCHES);
        } else {
            if (!store.equals(NO_STORE)) {
                throw new IllegalArgumentException(
                        "store is '" + store + "': must be '" + NO_STORE + "' in a group without a decision row");
            }
            checkBranches(branches, MOST_LOG_LESS_BRANCHES);
            if (logLess.participants().size() != branches) {
                throw new IllegalArgumentException("the group has " + branches + " branches and names "
                        + logLess.participants().size() + " participants: name one per branch");
            }
        }
    }

    /**
     * Makes the name of a new group with a decision row.
     *
     * @param prefix 1 to 8 lower-case letters
     * @param store the name of the store that holds the decision row
     * @param branches 1 to {@value #MOST_BRANCHES}
     * @return a name never used before, from the system's secure source
     * @throws IllegalArgumentException if an argument breaks its rule
     */
    public static GroupId create(String prefix, String store, int branches) {
        return new GroupId(prefix, store, newKey(SECURE), branches, null);
    }

    /**
     * Makes the name of a new group without a decision row.
     *
     * @param prefix 1 to 8 lower-case letters
     * @param quietAfter the last second in which anything its coordinator has sent may still execute: {@link
     *     LogLess#quietAfter}
     * @param participants the server identities of all branches, in the order of their indexes
     * @return a name never used before, from the system's secure source
     * @throws IllegalArgumentException if an argument breaks its rule
     */
    public static GroupId createLogLess(String prefix, long quietAfter, List<String> participants) {
        LogLess logLess = new LogLess(
                quietAfter, participants.stream().map(GroupId::shortId).toList());
        return new GroupId(prefix, NO_STORE, newKey(SECURE), participants.size(), logLess);
    }

    /**
     * Draws a key from the system's secure source, as {@link #newKey(RandomGenerator)} does.
     *
     * @return 16 lower-case hex digits, not all zeros
     */
    public static String newKey() {
        return newKey(SECURE);
    }

    /**
     * Draws a key that names one thing among all: the base of a group, or a decision store.
     *
     * @param random a source nobody can foresee and that never repeats itself, such as a {@link SecureRandom}
     * @return 16 lower-case hex digits, not all zeros
     */
    public static String newKey(RandomGenerator random) {
        long key = random.nextLong();
        while (key == 0) {
            key = random.nextLong();
        }
        return HexFormat.of().toHexDigits(key);
    }

    /**
     * Returns the short form of a participant's server identity, as a group without a decision row carries it: the
     * start of its SHA-256.
     *
     * @param participant the identity, by which a server is told from all others
     * @return 8 lower-case hex digits
     */
    public static String shortId(String participant) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(participant.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, LogLess.SHORT_ID_DIGITS / 2);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing: every Java platform must have it", e);
        }
    }

    /**
     * Returns the name of one of its branches.
     *
     * @param index from 0
     * @return the branch
     * @throws IllegalArgumentException if the group has no such branch
     */
    public BranchId branch(int index) {
        return new BranchId(this, index);
    }

    /**
     * Returns what all branches of the group have in common, which is the global part of an XA id.
     *
     * @return {@code prefix:store:base}, up to 42 ASCII characters
     */
    @Override
    public String toString() {
        return prefix + ":" + store + ":" + base;
    }

    static void checkPrefix(String prefix) {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("prefix is '" + prefix + "': must be 1 to 8 lower-case letters");
        }
    }

    static void checkBranches(int branches, int most) {
        if (branches < 1 || branches > most) {
            throw new IllegalArgumentException("branches is " + branches + ": must be 1 to " + most);
        }
    }

    static void checkKey(String name, String key) {
        if (!isKey(key)) {
            throw new IllegalArgumentException(
                    name + " is '" + key + "': must be 16 lower-case hex digits, not all zeros");
        }
    }

    static boolean isKey(String key) {
        return key.length() == RESERVED_KEY.length() && isHex(key) && !key.equals(RESERVED_KEY);
    }

    /** By hand: every group is named, and a pattern's matcher would be half of what that costs. */
    private static boolean isHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
                return false;
            }
        }
        return true;
    }

    /**
     * What a group without a decision row carries in its names instead: how long something of its coordinator may
     * happen, and where all its branches are.
     *
     * @param quietAfter the last second, by each participant's own clock, in which anything its coordinator has sent
     *     may still execute, 1 to 9999999999 seconds since 1970-01-01T00:00Z: the deadline after which the coordinator
     *     sends nothing, plus the longest a statement may be under way and run (the drain). It stands in the name, so
     *     that coordinators and recoverers cannot be configured to disagree on the drain
     * @param participants the {@linkplain GroupId#shortId short ids} of all participants, in the order of the branches
     */
    public record LogLess(long quietAfter, List<String> participants) {
        static final int SHORT_ID_DIGITS = 8;
        private static final long LAST_SECOND = 9_999_999_999L;
        private static final Pattern SHORT_ID = Pattern.compile("[0-9a-f]{" + SHORT_ID_DIGITS + "}");

        /**
         * Checks the parts and copies the list.
         *
         * @param quietAfter see above
         * @param participants see above
         * @throws IllegalArgumentException if the second is outside its range or a participant is no short id
         */
        public LogLess {
            if (quietAfter < 1 || quietAfter > LAST_SECOND) {
                throw new IllegalArgumentException(
                        "quietAfter is " + quietAfter + ": must be 1 to " + LAST_SECOND + " seconds since 1970");
            }
            participants = List.copyOf(participants);
            for (String participant : participants) {
                if (!SHORT_ID.matcher(participant).matches()) {
                    throw new IllegalArgumentException("participant is '" + participant + "': must be "
                            + SHORT_ID_DIGITS + " lower-case hex digits");
                }
            }
        }
    }
}
