package dev.dbop.examples.demo;

import dev.dbop.Verdict;
import java.util.Locale;

/** How an attempt ended, as the timeline shows it: the taller the bar, the more has to be undone. */
enum Mark {
    SUCCESS("success", 0.3),
    RETRY_SAVEPOINT("RETRY_SAVEPOINT: the step again", 0.5),
    RETRY_TRANSACTION("RETRY_TRANSACTION: all of it again", 0.75),
    RETRY_CONNECTION("RETRY_CONNECTION: all of it again, on another connection", 1),
    GIVE_UP("GIVE_UP: retrying cannot help", 1),
    OUTCOME_UNKNOWN("OUTCOME_UNKNOWN: may be committed, look first", 1);

    private final String text;
    private final double height;

    Mark(String text, double height) {
        this.text = text;
        this.height = height;
    }

    static Mark of(Verdict verdict) {
        return switch (verdict) {
            case RETRY_SAVEPOINT -> RETRY_SAVEPOINT;
            case RETRY_TRANSACTION -> RETRY_TRANSACTION;
            case RETRY_CONNECTION -> RETRY_CONNECTION;
            case GIVE_UP -> GIVE_UP;
            case OUTCOME_UNKNOWN -> OUTCOME_UNKNOWN;
        };
    }

    /** For the legend. */
    String text() {
        return text;
    }

    /** The part of a lane its bars take. */
    double height() {
        return height;
    }

    /** The class in the style sheet. */
    String style() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
