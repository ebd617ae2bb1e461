package dev.dbop.twophase;

import dev.dbop.twophase.GroupId.LogLess;
import dev.dbop.twophase.GroupReport.Why;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One run of recovery: what was found where, and what follows from it. Immutable.
 *
 * <p>The order is the point: first the decision rows are read, then each participant is listed once, then the groups are
 * finished and the rows deleted. A row is only deleted if everything in it was listed after it was read. Groups are
 * independent of each other: trouble with one, or nonsense in one, says nothing about the next.
 *
 * <p>A listing holds every prepared branch {@link BranchId} can read, whatever its prefix, and whoever owns it. One that
 * may be incomplete (a missing privilege, a replica, a filter) counts as {@linkplain #unavailable not made}.
 */
public final class RecoveryRun {
    private final RecoveryRules rules;
    private final List<DecisionRow> rows;
    private final Map<String, Listing> listings;

    /** A failure stands for a listing that was not made. */
    private record Listing(
            List<BranchId> branches, long clock, @Nullable Throwable failure) {}

    private record Found(String participant, BranchId branch) {}

    private RecoveryRun(RecoveryRules rules, List<DecisionRow> rows, Map<String, Listing> listings) {
        this.rules = rules;
        this.rows = rows;
        this.listings = listings;
    }

    /**
     * Begins a run.
     *
     * @param rules what it may touch
     * @param rows committed decision rows that may be due for deletion, already read; may be empty
     * @return a run that has listed no participant
     */
    public static RecoveryRun begin(RecoveryRules rules, Collection<DecisionRow> rows) {
        return new RecoveryRun(rules, List.copyOf(rows), Map.of());
    }

    /**
     * Adds a participant's complete listing, made after the rows were read.
     *
     * @param participant the server identity; two pools on one server are one participant
     * @param branches every branch prepared there that {@link BranchId} can read
     * @param clock the server's clock when it was listed, in whole seconds since 1970-01-01T00:00Z, rounded down
     * @return a run that has this listing too
     * @throws IllegalStateException if the participant is in the run already
     */
    public RecoveryRun listed(String participant, Collection<BranchId> branches, long clock) {
        return with(participant, new Listing(List.copyOf(branches), clock, null));
    }

    /**
     * Adds a participant that could not be listed, or perhaps not completely.
     *
     * @param participant the server identity
     * @param cause why; it comes back in the reports of groups that wait for this participant
     * @return a run that knows of it
     * @throws IllegalStateException if the participant is in the run already
     */
    public RecoveryRun unavailable(String participant, Throwable cause) {
        return with(participant, new Listing(List.of(), 0, cause));
    }

    private RecoveryRun with(String participant, Listing listing) {
        Map<String, Listing> next = new HashMap<>(listings);
        if (next.put(participant, listing) != null) {
            throw new IllegalStateException("participant '" + participant
                    + "' is in this run already: list each server once, however many pools lead to it");
        }
        return new RecoveryRun(rules, rows, Map.copyOf(next));
    }

    /**
     * Returns the groups found prepared under the rules' prefix, with what is to be done about each.
     *
     * @return one recovery per group, in the order of their names; immutable
     */
    public List<GroupRecovery> groups() {
        Map<String, List<Found>> found = new TreeMap<>();
        listings.forEach((participant, listing) -> {
            for (BranchId branch : listing.branches()) {
                if (branch.group().prefix().equals(rules.prefix())) {
                    found.computeIfAbsent(branch.gtrid(), key -> new ArrayList<>())
                            .add(new Found(participant, branch));
                }
            }
        });
        return found.values().stream().map(this::judge).toList();
    }

    private GroupRecovery judge(List<Found> found) {
        GroupId group = found.get(0).branch().group();
        Map<Integer, String> prepared = new TreeMap<>();
        String nonsense = group.branches() == 1 ? "a group of one branch is never prepared" : null;
        for (Found one : found) {
            if (!one.branch().group().equals(group)) {
                nonsense = "its branches disagree on how many they are, or where";
            }
            String other = prepared.put(one.branch().index(), one.participant());
            if (other != null) {
                nonsense =
                        "branch " + one.branch().index() + " is prepared in " + one.participant() + " and in " + other;
            }
        }
        Map<Integer, String> sorted = Collections.unmodifiableMap(prepared);
        if (nonsense != null) {
            return conflicting(group, sorted, nonsense);
        }
        LogLess logLess = group.logLess();
        return logLess == null ? byRow(group, sorted) : byOrder(group, logLess, sorted);
    }

    private GroupRecovery byRow(GroupId group, Map<Integer, String> prepared) {
        if (!rules.stores().contains(group.store())) {
            return new LeftRecovery(prepared, new GroupReport.Deferred(group, Why.OTHER_STORE, null));
        }
        return prepared.containsKey(0)
                ? conflicting(group, prepared, "branch 0 holds the decision row and is never prepared")
                : RowRecovery.start(group, prepared);
    }

    private GroupRecovery byOrder(GroupId group, LogLess logLess, Map<Integer, String> prepared) {
        for (Map.Entry<Integer, String> one : prepared.entrySet()) {
            if (!logLess.participants().get(one.getKey()).equals(GroupId.shortId(one.getValue()))) {
                return conflicting(group, prepared, "branch " + one.getKey() + " is not where the group says it is");
            }
        }
        GroupReport.Deferred wait = waitFor(group, logLess);
        if (wait != null) {
            return new LeftRecovery(prepared, wait);
        }
        List<Integer> indexes = List.copyOf(prepared.keySet());
        int first = indexes.get(0);
        int last = indexes.get(indexes.size() - 1);
        boolean gap = indexes.size() != last - first + 1;
        if (gap || (first > 0 && last < group.branches() - 1)) {
            return conflicting(
                    group,
                    prepared,
                    "of " + group.branches() + " branches " + indexes + " are prepared: neither all,"
                            + " nor the first, nor the last");
        }
        boolean commit = last == group.branches() - 1;
        List<Integer> order = commit
                ? indexes
                : IntStream.rangeClosed(0, last).mapToObj(i -> last - i).toList();
        return new LogLessRecovery(group, prepared, commit, order, 0, null);
    }

    /** Whether some server that may be one of those meant was not listed, or not late enough by its own clock. */
    private GroupReport.@Nullable Deferred waitFor(GroupId group, LogLess logLess) {
        Set<String> missing = new HashSet<>(logLess.participants());
        boolean quiet = true;
        for (Map.Entry<String, Listing> entry : listings.entrySet()) {
            String shortId = GroupId.shortId(entry.getKey());
            if (logLess.participants().contains(shortId)) {
                Listing listing = entry.getValue();
                if (listing.failure() != null) {
                    return new GroupReport.Deferred(group, Why.PARTICIPANT_UNLISTED, listing.failure());
                }
                missing.remove(shortId);
                quiet &= listing.clock() > logLess.quietAfter();
            }
        }
        if (!missing.isEmpty()) {
            return new GroupReport.Deferred(group, Why.PARTICIPANT_UNLISTED, null);
        }
        return quiet ? null : new GroupReport.Deferred(group, Why.NOT_QUIET, null);
    }

    private static GroupRecovery conflicting(GroupId group, Map<Integer, String> prepared, String what) {
        return new LeftRecovery(prepared, new GroupReport.Conflicting(group, what));
    }

    /**
     * Returns the rows that may be deleted: old enough, every participant they name was listed, and none of them lists
     * the group.
     *
     * @return an immutable list, in the order the rows were given
     */
    public List<DecisionRow> deletable() {
        return rows.stream().filter(this::isDeletable).toList();
    }

    private boolean isDeletable(DecisionRow row) {
        return row.age().compareTo(rules.retention()) >= 0
                && row.participants().stream().allMatch(this::isListed)
                && listings.values().stream().noneMatch(listing -> lists(listing, row));
    }

    private boolean isListed(String participant) {
        Listing listing = listings.get(participant);
        return listing != null && listing.failure() == null;
    }

    private static boolean lists(Listing listing, DecisionRow row) {
        return listing.branches().stream()
                .map(BranchId::group)
                .anyMatch(group ->
                        group.base().equals(row.base()) && group.store().equals(row.store()));
    }
}
