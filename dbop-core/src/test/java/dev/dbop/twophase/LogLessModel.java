package dev.dbop.twophase;

import dev.dbop.twophase.Setup.Flaw;
import dev.dbop.twophase.StateSearch.Sink;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A group without a decision row: every branch is prepared, in order, and the names tell when all is quiet. Here a step
 * is sent and answered in two moves, since the deadline may pass between them.
 */
final class LogLessModel extends TwoPhaseModel {
    LogLessModel(Setup setup) {
        super(setup, new Databases(setup, true), group(setup.n()));
    }

    private static GroupId group(int n) {
        List<String> shortIds = IntStream.range(0, n)
                .mapToObj(i -> GroupId.shortId(Recoverers.participant(i)))
                .toList();
        GroupId.LogLess logLess = new GroupId.LogLess(Recoverers.QUIET_AFTER, shortIds);
        return new GroupId(GroupId.DEFAULT_PREFIX, GroupId.NO_STORE, Recoverers.BASE, n, logLess);
    }

    @Override
    public long start() {
        return start(databases.start(false), Coordinator.logLess(setup.n()));
    }

    @Override
    boolean rowIsOld(CoordinatorState coordinator) {
        return false;
    }

    @Override
    DecisionAnswer probe(int db, boolean foreign) {
        throw new IllegalStateException("there is no row to ask for");
    }

    @Override
    void clockMoves(At at, Sink sink) {
        int time = databases.time(at.db());
        if (time < Databases.QUIET && !setup.has(Flaw.TWO_LOOKS_INSTEAD_OF_DEADLINE)) {
            String what = time == Databases.NOW ? "the deadline passes" : "the drain is over";
            sink.to(to(at, databases.later(at.db())), "clock", what, "");
        }
    }

    @Override
    void coordinatorMoves(At at, Sink sink) {
        CoordinatorState state = coordinator(at);
        int crashed = at.db();
        for (Step step : state.sent()) {
            crashed = inFlight(crashed, step);
        }
        sink.to(to(at, crashed, state.gone()), COORDINATOR, "crashes", "");
        for (Step step : state.todo()) {
            if (databases.time(at.db()) == Databases.NOW) {
                sink.to(to(at, at.db(), sending(state, step)), COORDINATOR, step, "sent");
            }
            sink.to(answered(at, at.db(), step, REFUSED, false), COORDINATOR, step, "not sent");
        }
        for (Step step : state.sent()) {
            answers(at, step, sink);
        }
    }

    private static CoordinatorState sending(CoordinatorState state, Step step) {
        List<Step> sent = new ArrayList<>(state.sent());
        sent.add(step);
        List<Step> todo = new ArrayList<>(state.todo());
        todo.remove(step);
        return new CoordinatorState(state.machine(), List.copyOf(todo), List.copyOf(sent), state.lost(), state.told());
    }

    private int inFlight(int db, Step step) {
        return databases.time(db) == Databases.QUIET ? db : databases.sent(db, call(step), step.branch());
    }

    private void answers(At at, Step step, Sink sink) {
        if (databases.time(at.db()) < Databases.QUIET) {
            boolean works = databases.works(at.db(), call(step), step.branch());
            int db = works ? databases.after(at.db(), call(step), step.branch()) : at.db();
            BranchAnswer answer = works ? DONE : answerInVain(at.db(), step);
            sink.to(answered(at, db, step, answer, false), COORDINATOR, step, answer);
        }
        boolean rollsBack = step instanceof Step.Prepare && setup.has(Flaw.ROLLS_BACK_AFTER_UNKNOWN_PREPARE);
        BranchAnswer unknown = rollsBack ? REFUSED : UNKNOWN;
        sink.to(answered(at, inFlight(at.db(), step), step, unknown, false), COORDINATOR, step, "no answer");
        sink.to(answered(at, at.db(), step, REFUSED, false), COORDINATOR, step, "refused");
    }

    /** On a session that is gone there is no answer; any other says that it knows no such branch. */
    private BranchAnswer answerInVain(int db, Step step) {
        boolean prepared = databases.branch(db, step.branch()) == Databases.PREPARED;
        return prepared || call(step) == Databases.PREPARE || call(step) == Databases.ROLL_BACK ? UNKNOWN : NOT_FOUND;
    }

    /** Always on the branch's own session: without an answer from that, a log-less coordinator does no more there. */
    private static int call(Step step) {
        if (step instanceof Step.CommitPrepared) {
            return Databases.OWN_COMMIT;
        }
        if (step instanceof Step.RollBackPrepared) {
            return Databases.OWN_ROLL_BACK;
        }
        return step instanceof Step.RollBack ? Databases.ROLL_BACK : Databases.PREPARE;
    }

    @Override
    int settleCoordinator(int start, CoordinatorState coordinator) {
        int db = start;
        CoordinatorState state = coordinator;
        while (state.machine() != null) {
            boolean sent = !state.sent().isEmpty();
            Step step = sent ? state.sent().get(0) : state.todo().get(0);
            BranchAnswer answer = sent ? UNKNOWN : REFUSED;
            if (databases.time(db) == Databases.NOW) {
                boolean works = databases.works(db, call(step), step.branch());
                answer = works ? DONE : answerInVain(db, step);
                db = works ? databases.after(db, call(step), step.branch()) : db;
            }
            state = state.next(step, machine(state).answered(step, answer), 0);
        }
        while (databases.time(db) < Databases.QUIET) {
            db = databases.later(db);
        }
        return db;
    }
}
