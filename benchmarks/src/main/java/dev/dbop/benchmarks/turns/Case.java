package dev.dbop.benchmarks.turns;

/** What is counted. The beginning and the end of a step's transaction are not. */
enum Case {
    A("transaction, both timeouts", false, true, false, false),
    B("step, both timeouts", true, true, false, false),
    C("step", true, false, false, false),
    D("read that commits on its own", false, false, false, false),
    E("SERIALIZABLE transaction", false, false, true, false),
    F("transaction, both timeouts, fails once", false, true, false, true),
    G("step, both timeouts, fails once", true, true, false, true);

    final String text;
    final boolean isStep;
    final boolean limited;
    final boolean serializable;
    final boolean fails;

    Case(String text, boolean isStep, boolean limited, boolean serializable, boolean fails) {
        this.text = text;
        this.isStep = isStep;
        this.limited = limited;
        this.serializable = serializable;
        this.fails = fails;
    }

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT) + ": " + text;
    }
}
