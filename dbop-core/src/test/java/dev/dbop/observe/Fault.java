package dev.dbop.observe;

import dev.dbop.Classifier;
import dev.dbop.Verdict;

/** A failure of a database that carries its own verdict. */
final class Fault extends Exception {
    private static final long serialVersionUID = 1;

    static final Classifier CLASSIFIER = (failure, phase) -> failure instanceof Fault fault ? fault.verdict : null;

    private final Verdict verdict;

    Fault(Verdict verdict) {
        super(verdict.name());
        this.verdict = verdict;
    }
}
