package dev.dbop.observe;

import dev.dbop.sql.Database;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Values of tags and attributes: lower case, few, and the same in metrics and traces. */
final class Words {
    static final String UNKNOWN = "unknown";
    static final String NONE = "none";
    static final String SUCCESS = "success";
    static final String GAVE_UP = "gave_up";
    static final String OUTCOME_UNKNOWN = "outcome_unknown";

    private Words() {}

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** The name of the semantic conventions, where they have one. */
    static String of(@Nullable Database database) {
        return database == null ? UNKNOWN : of((Enum<?>) database);
    }
}
