package dev.dbop.jdbc;

import dev.dbop.CommitStatus;
import dev.dbop.Deadline;
import dev.dbop.Ticker;
import dev.dbop.twophase.BranchAnswer;
import dev.dbop.twophase.DecisionAnswer;
import dev.dbop.twophase.DecisionRow;
import dev.dbop.twophase.GroupRecovery;
import dev.dbop.twophase.GroupReport;
import dev.dbop.twophase.RecoveryRules;
import dev.dbop.twophase.RecoveryRun;
import dev.dbop.twophase.Step;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finishes transactions of {@link TwoPhase} that were left in between. Asks the first database what was decided, by
 * inserting the decision row again, and commits or rolls back what is prepared accordingly; deletes rows nobody needs any
 * more. Right at any time, in any process, any number of times in parallel, while coordinators are at work.
 *
 * <p>One instance may be used by several threads.
 */
public final class Recovery {
    /** How old a decision row is before it may be deleted; no coordinator asks for its row half as long. */
    static final Duration RETENTION = Duration.ofHours(1);

    private static final Duration PROBE_LIMIT = Duration.ofSeconds(10);

    private final String prefix;
    private final @Nullable DecisionStore store;
    private final List<Participant> participants;

    Recovery(String prefix, @Nullable DecisionStore store, List<Participant> participants) {
        this.prefix = prefix;
        this.store = store;
        this.participants = participants;
    }

    /**
     * Runs once. A database that cannot be reached is no reason to throw: what depends on it is deferred, everything else
     * is finished.
     *
     * <p>Blocks while it works.
     *
     * @return what was found and done
     */
    public RecoveryReport recover() {
        Look look = look();
        List<GroupReport> groups = new ArrayList<>();
        for (GroupRecovery group : look.run.groups()) {
            groups.add(finish(group, look));
        }
        return new RecoveryReport(groups, delete(look), look.unavailable);
    }

    /**
     * Lists what is prepared, without touching it.
     *
     * @return one entry per group, with its age where a server tells it
     */
    public List<InDoubt> status() {
        Look look = look();
        List<InDoubt> doubts = new ArrayList<>();
        for (GroupRecovery group : look.run.groups()) {
            List<String> branches = group.prepared().values().stream()
                    .map(identity -> look.name(identity))
                    .toList();
            Long age = look.ages.get(group.group().toString());
            doubts.add(new InDoubt(group.group().toString(), branches, age == null ? null : Duration.ofSeconds(age)));
        }
        return doubts;
    }

    /** Everything one run has seen. */
    private static final class Look {
        final Map<String, Participant> byIdentity = new LinkedHashMap<>();
        final Map<String, Exception> unavailable = new LinkedHashMap<>();
        final Map<String, Long> ages = new HashMap<>();
        RecoveryRun run;

        Look(RecoveryRun run) {
            this.run = run;
        }

        String name(String identity) {
            Participant participant = byIdentity.get(identity);
            return participant == null ? identity : participant.name();
        }
    }

    /** First the rows, then the listings: a row is only deleted if it was read before what it names was listed. */
    private Look look() {
        List<DecisionRow> rows = List.of();
        Map<String, Exception> unavailable = new LinkedHashMap<>();
        try {
            rows = store == null ? List.of() : store.rows(RETENTION);
        } catch (SQLException unreachable) {
            unavailable.put(participants.get(0).name(), unreachable);
        }
        Set<String> stores = store == null ? Set.of() : Set.of(store.name());
        Look look = new Look(RecoveryRun.begin(new RecoveryRules(prefix, stores, RETENTION), rows));
        look.unavailable.putAll(unavailable);
        for (Participant participant : participants.subList(store == null ? 0 : 1, participants.size())) {
            list(participant, look);
        }
        return look;
    }

    private static void list(Participant participant, Look look) {
        try {
            Participant.Listing listing = participant.list();
            look.byIdentity.put(listing.identity(), participant);
            look.run = look.run.listed(
                    listing.identity(),
                    listing.prepared().stream()
                            .map(Participant.Prepared::branch)
                            .toList(),
                    listing.clock());
            for (Participant.Prepared prepared : listing.prepared()) {
                Long age = prepared.ageSeconds();
                if (age != null) {
                    look.ages.merge(prepared.branch().gtrid(), age, Math::max);
                }
            }
        } catch (SQLException | RuntimeException unreachable) {
            look.unavailable.put(participant.name(), unreachable);
            look.run = look.run.unavailable(participant.identity(), unreachable);
        }
    }

    private GroupReport finish(GroupRecovery found, Look look) {
        GroupRecovery at = found;
        Deque<Step> steps = new ArrayDeque<>(at.steps());
        while (!steps.isEmpty()) {
            Step step = steps.remove();
            at = step instanceof Step.ProbeDecision
                    ? at.probed(decision(at))
                    : at.answered(step, perform(step, at, look));
            steps.addAll(at.steps());
        }
        return at.report();
    }

    private DecisionAnswer decision(GroupRecovery group) {
        if (store == null) {
            return new DecisionAnswer.Unknown(new IllegalStateException("there is no decision table"));
        }
        try {
            CommitStatus status = store.probe(group.group(), Deadline.after(PROBE_LIMIT, Ticker.system()));
            return switch (status) {
                case COMMITTED -> new DecisionAnswer.Committed();
                case ABORTED -> new DecisionAnswer.Aborted();
                case IN_DOUBT, UNKNOWN -> new DecisionAnswer.Open();
            };
        } catch (SQLException unreachable) {
            return new DecisionAnswer.Unknown(unreachable);
        }
    }

    private static BranchAnswer perform(Step step, GroupRecovery group, Look look) {
        String identity = group.prepared().get(step.branch());
        Participant participant = identity == null ? null : look.byIdentity.get(identity);
        if (participant == null) {
            return new BranchAnswer.Refused(new IllegalStateException("nobody leads to " + identity));
        }
        return participant.finish(group.group().branch(step.branch()), step instanceof Step.CommitPrepared);
    }

    private int delete(Look look) {
        List<DecisionRow> deletable = look.run.deletable();
        if (deletable.isEmpty() || store == null) {
            return 0;
        }
        try {
            return store.delete(deletable);
        } catch (SQLException later) {
            look.unavailable.putIfAbsent(participants.get(0).name(), later);
            return 0;
        }
    }
}
