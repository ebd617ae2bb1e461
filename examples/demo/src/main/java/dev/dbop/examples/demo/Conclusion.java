package dev.dbop.examples.demo;

import dev.dbop.examples.demo.Audit.Finding;
import java.util.List;
import java.util.Locale;

/** What the figures come to, in words: they are read off, so that nothing is claimed that a run has not shown. */
final class Conclusion {
    private final RoundResult loop;
    private final RoundResult dbop;

    private Conclusion(RoundResult loop, RoundResult dbop) {
        this.loop = loop;
        this.dbop = dbop;
    }

    static Conclusion of(List<RoundResult> results) {
        return new Conclusion(find(Approach.CAREFUL_LOOP, results), find(Approach.DBOP, results));
    }

    private static RoundResult find(Approach approach, List<RoundResult> results) {
        return results.stream()
                .filter(result -> result.approach() == approach)
                .findFirst()
                .orElseThrow();
    }

    boolean isPromiseKept() {
        return dbop.isSound();
    }

    /** What a loop written by hand does as well, what it does not, and whether dbop has kept its promise. */
    String text() {
        return String.join("\n", ofLoop(), ofCommitsWithoutAnswer(), ofDbop());
    }

    private String ofLoop() {
        if (!loop.isSound()) {
            return "the careful loop has gone wrong: see the rows marked with ! in its column";
        }
        return String.format(
                Locale.ROOT,
                "the careful loop lost nothing and doubled nothing either: %,d transfers per second, %,d failed; dbop %,d"
                        + " per second, %,d failed",
                Math.round(loop.donePerSecond()),
                loop.count(Told.Belief.FAILED),
                Math.round(dbop.donePerSecond()),
                dbop.count(Told.Belief.FAILED));
    }

    private String ofCommitsWithoutAnswer() {
        if (unknown(loop) == 0) {
            return "every COMMIT of the careful loop was answered: here it knows as much as dbop";
        }
        return String.format(
                Locale.ROOT,
                "COMMITs without an answer the careful loop leaves to its caller: %,d times \"unknown\" (%,d done, %,d not);"
                        + " dbop left %,d",
                unknown(loop),
                loop.count(Finding.UNKNOWN_DONE),
                loop.count(Finding.UNKNOWN_UNDONE),
                unknown(dbop));
    }

    private String ofDbop() {
        return isPromiseKept()
                ? "dbop lost nothing, doubled nothing, and told the truth about every transfer"
                : "dbop has NOT kept its promise: see the rows marked with ! in its column";
    }

    private static long unknown(RoundResult result) {
        return result.count(Told.Belief.UNKNOWN);
    }
}
