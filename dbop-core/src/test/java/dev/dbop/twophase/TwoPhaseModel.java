package dev.dbop.twophase;

import dev.dbop.twophase.Recoverer.Deleting;
import dev.dbop.twophase.Recoverer.Idle;
import dev.dbop.twophase.Recoverer.Looking;
import dev.dbop.twophase.Recoverer.Working;
import dev.dbop.twophase.Setup.Flaw;
import dev.dbop.twophase.Setup.Trouble;
import dev.dbop.twophase.StateSearch.LongIndex;
import dev.dbop.twophase.StateSearch.Sink;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One group, its coordinator, two recoverers and all that can go wrong. What coordinator and recoverers do is decided by
 * the classes that are shipped; this only performs their steps.
 */
abstract class TwoPhaseModel implements StateSearch.Model {
    static final BranchAnswer DONE = new BranchAnswer.Done();
    static final BranchAnswer NOT_FOUND = new BranchAnswer.NotFound();
    static final BranchAnswer UNKNOWN = new BranchAnswer.Unknown(new Exception("the connection is lost"));
    static final BranchAnswer REFUSED = new BranchAnswer.Refused(new Exception("the server says no"));
    static final String COORDINATOR = "coordinator";

    private static final List<BranchAnswer> ANSWERS = List.of(DONE, NOT_FOUND, UNKNOWN, REFUSED);
    private static final List<Trouble> TROUBLES = List.of(Trouble.values());
    private static final int COORDINATOR_BITS = 12;
    private static final int RECOVERER_BITS = 12;
    private static final int RUNS_TO_SETTLE = 3;

    final Setup setup;
    final Databases databases;
    final GroupId group;
    final Recoverers recoverers;
    private final Numbered<CoordinatorState> coordinators = new Numbered<>(COORDINATOR_BITS);
    private final LongIndex worlds = new LongIndex();
    private final Memo coordinatorMemo = new Memo();
    private final Memo settled = new Memo();

    /** What the caller has been told. */
    enum Told {
        NOTHING,
        COMMITTED,
        NOT_COMMITTED,
        UNKNOWN
    }

    /**
     * What the coordinator is at.
     *
     * @param machine the real one, or null once it has crashed or is finished
     * @param todo the steps neither sent nor answered
     * @param sent the steps sent and not answered
     * @param lost the branches to whose sessions it has lost the connection, one bit each
     * @param told what it has told its caller
     */
    record CoordinatorState(@Nullable Coordinator machine, List<Step> todo, List<Step> sent, int lost, Told told) {
        static CoordinatorState start(Coordinator machine) {
            return new CoordinatorState(machine, machine.steps(), List.of(), 0, Told.NOTHING);
        }

        CoordinatorState gone() {
            return new CoordinatorState(null, List.of(), List.of(), 0, told);
        }

        /** After the machine's next state; the step that led there, if any, is answered. */
        CoordinatorState next(@Nullable Step answered, Coordinator next, int nowLost) {
            List<Step> open = new ArrayList<>(todo);
            List<Step> underWay = new ArrayList<>(sent);
            if (answered != null && !underWay.remove(answered)) {
                open.remove(answered);
            }
            if (answered != null) {
                open.addAll(next.steps());
            }
            Told now = told == Told.NOTHING ? told(next.result()) : told;
            CoordinatorState state = new CoordinatorState(next, List.copyOf(open), List.copyOf(underWay), nowLost, now);
            return next.finished() && !next.mayForget() ? state.gone() : state;
        }

        private static Told told(@Nullable CommitResult result) {
            if (result instanceof CommitResult.Committed) {
                return Told.COMMITTED;
            }
            if (result instanceof CommitResult.NotCommitted) {
                return Told.NOT_COMMITTED;
            }
            return result == null ? Told.NOTHING : Told.UNKNOWN;
        }
    }

    /** A state, unpacked. */
    record At(int db, int coordinator, int first, int second) {}

    TwoPhaseModel(Setup setup, Databases databases, GroupId group) {
        this.setup = setup;
        this.databases = databases;
        this.group = group;
        this.recoverers = new Recoverers(setup, group, databases.firstPrepared(), RECOVERER_BITS);
    }

    long start(int db, Coordinator machine) {
        return pack(db, coordinators.of(CoordinatorState.start(machine)), Recoverers.IDLE, Recoverers.IDLE);
    }

    private long pack(int db, int coordinator, int first, int second) {
        boolean swap = setup.symmetric() && first > second;
        long state = ((long) worlds.indexOf(db) << COORDINATOR_BITS) | coordinator;
        state = (state << RECOVERER_BITS) | (swap ? second : first);
        return (state << RECOVERER_BITS) | (swap ? first : second);
    }

    private At unpack(long state) {
        int mask = (1 << RECOVERER_BITS) - 1;
        long rest = state >>> (2 * RECOVERER_BITS);
        return new At(
                (int) worlds.get((int) (rest >>> COORDINATOR_BITS)),
                (int) rest & ((1 << COORDINATOR_BITS) - 1),
                (int) (state >>> RECOVERER_BITS) & mask,
                (int) state & mask);
    }

    /** A small number for a step. */
    static int code(Step step) {
        int kind = step instanceof Step.Prepare
                ? 0
                : step instanceof Step.CommitDecision
                        ? 1
                        : step instanceof Step.CommitPrepared
                                ? 2
                                : step instanceof Step.RollBack ? 3 : step instanceof Step.RollBackPrepared ? 4 : 5;
        return (kind << 2) | step.branch();
    }

    /** A small number for an answer. */
    static int code(BranchAnswer answer) {
        return ANSWERS.indexOf(answer);
    }

    /** Everything a caller was told in some state; a search that misses one of them has not searched much. */
    Set<Told> everTold() {
        Set<Told> told = EnumSet.noneOf(Told.class);
        for (int i = 0; i < coordinators.size(); i++) {
            told.add(coordinators.get(i).told());
        }
        return told;
    }

    CoordinatorState coordinator(At at) {
        return coordinators.get(at.coordinator);
    }

    long to(At at, int db) {
        return pack(db, at.coordinator, at.first, at.second);
    }

    long to(At at, int db, CoordinatorState state) {
        return pack(db, coordinators.of(state), at.first, at.second);
    }

    /** After the coordinator's step is answered. */
    long answered(At at, int db, Step step, BranchAnswer answer, boolean loses) {
        int event = (code(step) << 4) | (code(answer) << 1) | (loses ? 1 : 0);
        int next = coordinatorMemo.of(((long) at.coordinator << 16) | event, () -> {
            CoordinatorState state = coordinator(at);
            int lost = loses ? state.lost() | (1 << step.branch()) : state.lost();
            Coordinator machine = machine(state).answered(step, answer);
            return coordinators.of(state.next(step, machine, lost));
        });
        return pack(db, next, at.first, at.second);
    }

    static Coordinator machine(CoordinatorState state) {
        if (state.machine() == null) {
            throw new IllegalStateException("the coordinator is gone");
        }
        return state.machine();
    }

    /** The coordinator's moves. */
    abstract void coordinatorMoves(At at, Sink sink);

    /** Whether a recoverer that reads the row finds it old enough to be deleted. */
    abstract boolean rowIsOld(CoordinatorState coordinator);

    abstract DecisionAnswer probe(int db, boolean foreign);

    /** The coordinator without further faults until it has nothing left to do, and the time after that. */
    abstract int settleCoordinator(int db, CoordinatorState coordinator);

    @Override
    public void moves(long state, Sink sink) {
        At at = unpack(state);
        if (coordinator(at).machine() != null) {
            coordinatorMoves(at, sink);
        }
        clockMoves(at, sink);
        databaseMoves(at, sink);
        if (!setup.symmetric() || at.first != at.second) {
            recovererMoves(at, at.first, false, sink);
        }
        recovererMoves(at, at.second, true, sink);
    }

    void clockMoves(At at, Sink sink) {}

    private void databaseMoves(At at, Sink sink) {
        for (int i = 0; i < setup.n(); i++) {
            String who = "database " + i;
            if (databases.canBeKilled(at.db, i)) {
                sink.to(to(at, databases.killed(at.db, i)), who, "session", "ends");
            }
            for (int call = 0; databases.anyFlying(at.db) && call < Databases.CALLS; call++) {
                if (databases.flies(at.db, call, i) && databases.works(at.db, call, i)) {
                    sink.to(to(at, databases.after(at.db, call, i)), who, databases.name(call, i), "lands");
                }
            }
        }
    }

    private void recovererMoves(At at, int number, boolean second, Sink sink) {
        String who = second ? "recoverer 2" : "recoverer 1";
        Recoverer recoverer = recoverers.get(number);
        if (recoverer instanceof Idle) {
            int row = readRow(at, second && setup.foreigner());
            sink.to(with(at, second, at.db, recoverers.begun(row)), who, "begins a run", "");
            return;
        }
        sink.to(with(at, second, at.db, Recoverers.IDLE), who, "crashes", "");
        if (recoverer instanceof Looking looking) {
            look(at, number, looking, second, sink);
        } else if (recoverer instanceof Working working) {
            for (Step step : working.todo()) {
                work(at, number, step, second, sink);
            }
        } else if (recoverer instanceof Deleting) {
            boolean works = databases.works(at.db, Databases.DELETE_ROW, 0);
            int db = works ? databases.after(at.db, Databases.DELETE_ROW, 0) : at.db;
            int sent = databases.sent(at.db, Databases.DELETE_ROW, 0);
            sink.to(with(at, second, db, Recoverers.IDLE), who, "deletes the row", "");
            sink.to(with(at, second, sent, Recoverers.IDLE), who, "deletes the row", "no answer");
        }
    }

    private long with(At at, boolean second, int db, int recoverer) {
        return second ? pack(db, at.coordinator, at.first, recoverer) : pack(db, at.coordinator, recoverer, at.second);
    }

    private int readRow(At at, boolean foreign) {
        if (foreign || !databases.rowCommitted(at.db)) {
            return Looking.NO_ROW;
        }
        return rowIsOld(coordinator(at)) ? Looking.OLD_ROW : Looking.YOUNG_ROW;
    }

    private void look(At at, int number, Looking looking, boolean second, Sink sink) {
        String who = second ? "recoverer 2" : "recoverer 1";
        boolean foreign = second && setup.foreigner();
        if (setup.has(Flaw.TWO_LOOKS_INSTEAD_OF_DEADLINE)) {
            boolean[] prepared = new boolean[setup.n()];
            for (int i = 0; i < prepared.length; i++) {
                prepared[i] = databases.branch(at.db, i) == Databases.PREPARED;
            }
            int next = recoverers.listedAll(number, prepared);
            sink.to(with(at, second, at.db, next), who, "lists all databases", looking.first() == 0 ? "" : "again");
            return;
        }
        for (int i = databases.firstPrepared(); i < setup.n(); i++) {
            if (looking.at(i) == Looking.NOTHING_YET) {
                boolean prepared = databases.branch(at.db, i) == Databases.PREPARED;
                int listed = recoverers.listed(number, i, prepared, databases.time(at.db), foreign);
                int hidden = recoverers.hidden(number, i, foreign);
                sink.to(with(at, second, at.db, listed), who, "lists database", i);
                sink.to(with(at, second, at.db, hidden), who, "cannot list database", i);
            }
        }
    }

    private void work(At at, int number, Step step, boolean second, Sink sink) {
        String who = second ? "recoverer 2" : "recoverer 1";
        if (step instanceof Step.ProbeDecision) {
            DecisionAnswer answer = probe(at.db, second && setup.foreigner());
            sink.to(with(at, second, at.db, recoverers.probed(number, answer)), who, step, answer);
            return;
        }
        int call = othersCall(step);
        boolean works = databases.works(at.db, call, step.branch());
        int db = works ? databases.after(at.db, call, step.branch()) : at.db;
        BranchAnswer answer = works ? DONE : NOT_FOUND;
        int unanswered = recoverers.answered(number, step, UNKNOWN);
        int sent = databases.sent(at.db, call, step.branch());
        sink.to(with(at, second, db, recoverers.answered(number, step, answer)), who, step, answer);
        sink.to(with(at, second, sent, unanswered), who, step, "no answer");
    }

    /** The call that a step is on a session which did not do the branch's work. */
    static int othersCall(Step step) {
        return step instanceof Step.CommitPrepared ? Databases.COMMIT : Databases.UNDO;
    }

    @Override
    public @Nullable String wrong(long state) {
        At at = unpack(state);
        CoordinatorState coordinator = coordinator(at);
        Trouble trouble = trouble(at.db, coordinator.told());
        if (setup.flaw() != null) {
            return trouble == setup.looksFor() && trouble != null ? trouble.name() : null;
        }
        if (trouble != null) {
            return trouble.name();
        }
        // Whatever is in flight is the next states' affair: they are searched as well.
        int db = databases.allLanded(at.db);
        int unsettled = settled.of(((long) db << COORDINATOR_BITS) | at.coordinator, () -> {
            Trouble left = unsettled(db, coordinator);
            return left == null ? -1 : TROUBLES.indexOf(left);
        });
        return unsettled < 0 ? null : "even without further faults " + TROUBLES.get(unsettled);
    }

    private @Nullable Trouble trouble(int db, Told told) {
        boolean committed = databases.any(db, Databases.COMMITTED);
        boolean rolledBack = databases.any(db, Databases.ROLLED_BACK);
        if (committed && rolledBack) {
            return Trouble.MIXED_OUTCOME;
        }
        if (told == Told.COMMITTED && rolledBack) {
            return Trouble.TOLD_COMMITTED_BUT_ROLLED_BACK;
        }
        if (told == Told.NOT_COMMITTED && committed) {
            return Trouble.TOLD_NOT_COMMITTED_BUT_COMMITTED;
        }
        return databases.rowDeleted(db) && unfinished(db) ? Trouble.ROW_DELETED_TOO_EARLY : null;
    }

    private boolean unfinished(int db) {
        return databases.any(db, Databases.PREPARED) || databases.any(db, Databases.WORKING);
    }

    /** What is still wrong when nothing fails any more and recovery runs. */
    private @Nullable Trouble unsettled(int start, CoordinatorState coordinator) {
        int db = settleCoordinator(start, coordinator);
        for (int i = 0; i < setup.n(); i++) {
            if (databases.canBeKilled(db, i)) {
                db = databases.killed(db, i);
            }
        }
        for (int run = 0; run < RUNS_TO_SETTLE; run++) {
            db = recover(db);
        }
        Trouble trouble = trouble(db, coordinator.told());
        if (trouble != null) {
            return trouble;
        }
        if (unfinished(db)) {
            return Trouble.NEVER_FINISHED;
        }
        return databases.rowCommitted(db) ? Trouble.ROW_NEVER_DELETED : null;
    }

    /** One run of recovery by itself, without faults, long after the coordinator's end. */
    private int recover(int start) {
        int number = recoverers.begun(databases.rowCommitted(start) ? Looking.OLD_ROW : Looking.NO_ROW);
        for (int i = databases.firstPrepared(); i < setup.n(); i++) {
            boolean prepared = databases.branch(start, i) == Databases.PREPARED;
            number = recoverers.listed(number, i, prepared, databases.time(start), false);
        }
        int db = start;
        while (recoverers.get(number) instanceof Working working) {
            Step step = working.todo().get(0);
            if (step instanceof Step.ProbeDecision) {
                number = recoverers.probed(number, probe(db, false));
            } else {
                boolean works = databases.works(db, othersCall(step), step.branch());
                db = works ? databases.after(db, othersCall(step), step.branch()) : db;
                number = recoverers.answered(number, step, works ? DONE : NOT_FOUND);
            }
        }
        return recoverers.get(number) instanceof Deleting ? databases.after(db, Databases.DELETE_ROW, 0) : db;
    }
}
