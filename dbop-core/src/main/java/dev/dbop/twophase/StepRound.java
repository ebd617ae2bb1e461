package dev.dbop.twophase;

import java.util.ArrayList;
import java.util.List;

/**
 * The steps of a {@link Coordinator} in rounds: a driver performs all of one round, side by side if it likes, answers them
 * together and gets the next. Rounds end before the commit point, before the decision is asked for, and with the group.
 * Immutable.
 */
public final class StepRound {
    private final Coordinator coordinator;
    private final List<Step> steps;
    private final int triesLeft;

    private StepRound(Coordinator coordinator, List<Step> steps, int triesLeft) {
        this.coordinator = coordinator;
        this.steps = stops(steps) ? List.of() : List.copyOf(steps);
        this.triesLeft = triesLeft;
    }

    /**
     * Begins where a coordinator stands.
     *
     * @param coordinator whose steps are to be performed
     * @return its first round
     */
    public static StepRound of(Coordinator coordinator) {
        return new StepRound(coordinator, coordinator.steps(), Integer.MAX_VALUE);
    }

    /**
     * Begins where a coordinator stands that is past the commit point: what some rounds have not brought to an end is left
     * to recovery.
     *
     * @param coordinator whose steps are to be performed
     * @param rounds after how many it {@linkplain Coordinator#giveUp gives up}, 1 at least
     * @return its first round
     * @throws IllegalArgumentException if there is to be no round
     */
    public static StepRound atMost(Coordinator coordinator, int rounds) {
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds is " + rounds + ": must be 1 at least");
        }
        return new StepRound(coordinator, coordinator.steps(), rounds);
    }

    private static boolean stops(List<Step> steps) {
        return steps.isEmpty()
                || steps.get(0) instanceof Step.CommitDecision
                || steps.get(0) instanceof Step.ProbeDecision;
    }

    /**
     * Returns what is to be performed now.
     *
     * @return the steps of this round, none if the rounds are over
     */
    public List<Step> steps() {
        return steps;
    }

    /**
     * Takes the answers to all steps of this round.
     *
     * @param answers one per step, in their order
     * @return the next round
     * @throws IllegalArgumentException if there are more or fewer answers than steps
     */
    public StepRound answered(List<? extends BranchAnswer> answers) {
        if (answers.size() != steps.size()) {
            throw new IllegalArgumentException(
                    answers.size() + " answers to " + steps.size() + " steps: must be one per step, in their order");
        }
        Coordinator at = coordinator;
        List<Step> next = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            at = at.answered(steps.get(i), answers.get(i));
            next.addAll(at.steps());
        }
        return triesLeft == 1 && !next.isEmpty()
                ? new StepRound(at.giveUp(), List.of(), 1)
                : new StepRound(at, next, triesLeft - 1);
    }

    /**
     * Returns where the coordinator stands.
     *
     * @return its state after all answers so far
     */
    public Coordinator coordinator() {
        return coordinator;
    }
}
