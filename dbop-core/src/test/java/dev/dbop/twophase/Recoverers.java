package dev.dbop.twophase;

import dev.dbop.twophase.Recoverer.Deleting;
import dev.dbop.twophase.Recoverer.Looking;
import dev.dbop.twophase.Recoverer.Working;
import dev.dbop.twophase.Setup.Flaw;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What recoverers do next: the real recovery, fed with what they have seen. */
final class Recoverers {
    static final String STORE = "00000000000000aa";
    static final String OTHER_STORE = "00000000000000bb";
    static final String BASE = "0000000000000001";
    static final long QUIET_AFTER = 1_000;
    static final int IDLE = 0;

    private static final Duration RETENTION = Duration.ofHours(1);

    private final Setup setup;
    private final GroupId group;
    private final int first;
    private final Numbered<Recoverer> numbers;
    private final Memo memo = new Memo();

    /** Recoverers of a group whose prepared branches begin with an index. */
    Recoverers(Setup setup, GroupId group, int first, int bits) {
        this.setup = setup;
        this.group = group;
        this.first = first;
        this.numbers = new Numbered<>(bits);
        numbers.of(new Recoverer.Idle());
    }

    static String participant(int i) {
        return "server " + i;
    }

    Recoverer get(int number) {
        return numbers.get(number);
    }

    int begun(int row) {
        return memo.of(key(IDLE, row), () -> {
            Looking looking = new Looking(row, 0, 0);
            return firstUnseen(looking) < setup.n() ? numbers.of(looking) : looked(looking, false);
        });
    }

    int listed(int number, int i, boolean prepared, int time, boolean foreign) {
        int event = (i << 5) | (time << 3) | (prepared ? 4 : 0) | (foreign ? 1 : 0);
        return memo.of(key(number, event), () -> looked(looking(number).listed(i, prepared, time), foreign));
    }

    int hidden(int number, int i, boolean foreign) {
        int event = (i << 5) | 2 | (foreign ? 1 : 0);
        return memo.of(key(number, event), () -> looked(looking(number).hidden(i), foreign));
    }

    int answered(int number, Step step, BranchAnswer answer) {
        int event = (1 << 8) | (TwoPhaseModel.code(step) << 2) | TwoPhaseModel.code(answer);
        return memo.of(key(number, event), () -> numbers.of(afterAnswer((Working) get(number), step, answer)));
    }

    int probed(int number, DecisionAnswer answer) {
        GroupRecovery next = ((Working) get(number)).machine().probed(answer);
        return numbers.of(working(next, next.steps()));
    }

    /** Looks at all databases at one time; the second such look decides about what is in both. */
    int listedAll(int number, boolean[] prepared) {
        Looking before = looking(number);
        Looking now = new Looking(before.row(), 0, 0);
        boolean wasThere = false;
        for (int i = first; i < setup.n(); i++) {
            now = now.listed(i, prepared[i], Databases.NOW);
            wasThere |= new Looking(before.row(), before.first(), 0).isPrepared(i);
        }
        if (before.first() == 0) {
            return numbers.of(new Looking(before.row(), 0, now.seen()));
        }
        return wasThere ? looked(now, false) : IDLE;
    }

    private static long key(int number, int event) {
        return ((long) number << 16) | event;
    }

    private Looking looking(int number) {
        return (Looking) get(number);
    }

    /** What follows from a look: the next one, unless whatever that may show leads to nothing. */
    private int looked(Looking looking, boolean foreign) {
        int next = firstUnseen(looking);
        if (next < setup.n()) {
            return isFutile(looking, foreign) ? IDLE : numbers.of(looking);
        }
        return numbers.of(concluded(looking, foreign));
    }

    private int firstUnseen(Looking looking) {
        int i = first;
        while (i < setup.n() && looking.at(i) != Looking.NOTHING_YET) {
            i++;
        }
        return i;
    }

    private boolean isFutile(Looking looking, boolean foreign) {
        int next = firstUnseen(looking);
        if (next == setup.n()) {
            return concluded(looking, foreign) instanceof Recoverer.Idle;
        }
        boolean futile = isFutile(looking.hidden(next), foreign);
        for (int time = Databases.NOW; futile && time <= Databases.QUIET; time++) {
            futile = isFutile(looking.listed(next, true, time), foreign)
                    && isFutile(looking.listed(next, false, time), foreign);
        }
        return futile;
    }

    private Recoverer concluded(Looking looking, boolean foreign) {
        RecoveryRun run = run(looking, foreign);
        if (!run.deletable().isEmpty()) {
            return new Deleting();
        }
        for (GroupRecovery machine : run.groups()) {
            return working(machine, machine.steps());
        }
        return new Recoverer.Idle();
    }

    private static Recoverer working(GroupRecovery machine, List<Step> todo) {
        return machine.finished() ? new Recoverer.Idle() : new Working(machine, todo);
    }

    private RecoveryRun run(Looking looking, boolean foreign) {
        String store = foreign && !setup.has(Flaw.NO_STORE_IN_NAME) ? OTHER_STORE : STORE;
        RecoveryRules rules = new RecoveryRules(group.prefix(), Set.of(store), RETENTION);
        RecoveryRun run = RecoveryRun.begin(rules, rows(looking));
        for (int i = first; i < setup.n(); i++) {
            if (looking.isListed(i)) {
                List<BranchId> branches = looking.isPrepared(i) ? List.of(group.branch(i)) : List.of();
                run = run.listed(participant(i), branches, clock(looking, i));
            } else if (setup.has(Flaw.HIDDEN_IS_EMPTY)) {
                run = run.listed(participant(i), List.of(), QUIET_AFTER + 1);
            } else {
                run = run.unavailable(participant(i), new Exception("hidden"));
            }
        }
        return run;
    }

    private List<DecisionRow> rows(Looking looking) {
        if (looking.row() == Looking.NO_ROW) {
            return List.of();
        }
        List<String> named = new ArrayList<>();
        for (int i = first; i < setup.n(); i++) {
            named.add(participant(i));
        }
        Duration age = looking.row() == Looking.OLD_ROW ? RETENTION : RETENTION.minusSeconds(1);
        return List.of(new DecisionRow(STORE, BASE, named, age));
    }

    /** A server's clock when it was looked at: one second early is early enough. */
    private long clock(Looking looking, int i) {
        int time = looking.time(i);
        for (int other = first; other < setup.n() && setup.has(Flaw.LOOKS_OF_DIFFERENT_TIMES); other++) {
            time = Math.max(time, looking.time(other));
        }
        boolean fast = setup.has(Flaw.DEADLINE_WITHOUT_DRAIN) ? time >= Databases.LATE : time >= Databases.QUIET;
        return fast || setup.has(Flaw.TWO_LOOKS_INSTEAD_OF_DEADLINE) ? QUIET_AFTER + 1 : QUIET_AFTER;
    }

    private Recoverer afterAnswer(Working working, Step step, BranchAnswer answer) {
        boolean believed = answer instanceof BranchAnswer.NotFound && setup.has(Flaw.NOT_FOUND_IS_DONE);
        GroupRecovery next = working.machine().answered(step, believed ? new BranchAnswer.Done() : answer);
        List<Step> todo = new ArrayList<>(working.todo());
        todo.remove(step);
        todo.addAll(next.steps());
        return working(next, List.copyOf(todo));
    }
}
