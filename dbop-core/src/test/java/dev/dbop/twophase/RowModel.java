package dev.dbop.twophase;

import dev.dbop.twophase.Setup.Flaw;
import dev.dbop.twophase.StateSearch.Sink;

/** A group with a decision row: branch 0 holds it, the others are prepared. */
final class RowModel extends TwoPhaseModel {
    RowModel(Setup setup) {
        super(
                setup,
                new Databases(setup, false),
                new GroupId(GroupId.DEFAULT_PREFIX, Recoverers.STORE, Recoverers.BASE, setup.n(), null));
    }

    @Override
    public long start() {
        return start(databases.start(!setup.has(Flaw.ROW_INSERTED_LAST)), Coordinator.withDecisionRow(setup.n()));
    }

    /** The caller's patience is shorter than the retention: as long as the coordinator may ask, the row is young. */
    @Override
    boolean rowIsOld(CoordinatorState coordinator) {
        Coordinator machine = coordinator.machine();
        return machine == null || machine.finished() || setup.has(Flaw.ROW_DELETED_YOUNG);
    }

    /** Inserting the row and rolling that back is one step: whoever holds the row meanwhile only makes others wait. */
    @Override
    DecisionAnswer probe(int db, boolean foreign) {
        if (databases.rowCommitted(db) && !foreign) {
            return new DecisionAnswer.Committed();
        }
        boolean held = databases.branch(db, 0) == Databases.WORKING && databases.rowOpen(db) && !foreign;
        return held && !setup.has(Flaw.PROBE_BY_SELECT) ? new DecisionAnswer.Open() : new DecisionAnswer.Aborted();
    }

    @Override
    void coordinatorMoves(At at, Sink sink) {
        CoordinatorState state = coordinator(at);
        Coordinator machine = machine(state);
        sink.to(to(at, at.db(), state.gone()), COORDINATOR, "crashes", "");
        for (Step step : state.todo()) {
            if (step instanceof Step.ProbeDecision) {
                // A probe without an answer is asked again or ends the patience; both are moves of their own.
                DecisionAnswer answer = probe(at.db(), false);
                CoordinatorState next = state.next(step, machine.probed(answer), state.lost());
                sink.to(to(at, at.db(), next), COORDINATOR, step, answer);
            } else if (step instanceof Step.CommitDecision && !databases.rowOpen(at.db())) {
                sink.to(to(at, databases.openRow(at.db())), COORDINATOR, "inserts the row", "");
            } else {
                stepMoves(at, state, step, sink);
            }
        }
        if (!(machine.result() instanceof CommitResult.NotCommitted)) {
            sink.to(to(at, at.db(), state.next(null, machine.giveUp(), state.lost())), COORDINATOR, "gives up", "");
        }
        if (machine.mayForget() && !databases.rowDeleted(at.db())) {
            int db = databases.after(at.db(), Databases.DELETE_ROW, 0);
            sink.to(to(at, db, state.gone()), COORDINATOR, "deletes the row", "");
        }
    }

    private void stepMoves(At at, CoordinatorState state, Step step, Sink sink) {
        int i = step.branch();
        int call = call(step, state);
        boolean works = databases.works(at.db(), call, i);
        BranchAnswer answer = works ? DONE : answerInVain(at.db(), call, i);
        int db = works ? databases.after(at.db(), call, i) : at.db();
        boolean loses = setup.attaches(step.branch()) && answer.equals(UNKNOWN);
        sink.to(answered(at, db, step, answer, loses), COORDINATOR, step, answer);
        int sent = databases.sent(at.db(), call, i);
        sink.to(answered(at, sent, step, UNKNOWN, setup.attaches(i)), COORDINATOR, step, "no answer");
        sink.to(answered(at, at.db(), step, REFUSED, false), COORDINATOR, step, "refused");
    }

    /** On a session that is gone there is no answer; any other says that it knows no such branch. */
    private BranchAnswer answerInVain(int db, int call, int i) {
        boolean ownSession = call == Databases.PREPARE
                || call == Databases.ROLL_BACK
                || (setup.attaches(i) && !databases.finished(db, i) && call < Databases.COMMIT);
        return ownSession ? UNKNOWN : NOT_FOUND;
    }

    /** Whose session it is matters only where a prepared branch belongs to it. */
    private static int call(Step step, CoordinatorState state) {
        boolean lost = (state.lost() & (1 << step.branch())) != 0;
        if (step instanceof Step.CommitPrepared) {
            return lost ? Databases.COMMIT : Databases.OWN_COMMIT;
        }
        if (step instanceof Step.RollBackPrepared) {
            return lost ? Databases.UNDO : Databases.OWN_ROLL_BACK;
        }
        return step instanceof Step.RollBack ? Databases.ROLL_BACK : Databases.PREPARE;
    }

    @Override
    int settleCoordinator(int start, CoordinatorState coordinator) {
        int db = start;
        CoordinatorState state = coordinator;
        while (!state.todo().isEmpty()) {
            Step step = state.todo().get(0);
            Coordinator machine = machine(state);
            if (step instanceof Step.ProbeDecision) {
                // The server notices at last that nobody is at the other end of branch 0's session.
                db = databases.canBeKilled(db, 0) ? databases.killed(db, 0) : db;
                state = state.next(step, machine.probed(probe(db, false)), state.lost());
                continue;
            }
            int call = call(step, state);
            boolean works = databases.works(db, call, step.branch());
            BranchAnswer answer = works ? DONE : answerInVain(db, call, step.branch());
            db = works ? databases.after(db, call, step.branch()) : db;
            int lost = setup.attaches(step.branch()) && answer.equals(UNKNOWN)
                    ? state.lost() | (1 << step.branch())
                    : state.lost();
            state = state.next(step, machine.answered(step, answer), lost);
        }
        return db;
    }
}
