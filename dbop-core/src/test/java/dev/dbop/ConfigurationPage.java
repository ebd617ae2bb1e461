package dev.dbop;

import java.util.List;

/** Writes {@code docs/reference/configuration.md} out of the settings. */
final class ConfigurationPage {
    private static final String INTRO = """
            # Configuration

            The settings that `DbopRunner` and `RetryPolicy` read with `fromEnvironment()` and `fromProperties(…)`. This page is
            generated from `dev.dbop.Settings`; to bring it up to date, run the tests of `dbop-core` with
            `-Ddbop.docs.update=true`.

            `RetryPolicy` takes the policy, which is all but the last three; `DbopRunner` takes everything. Each value can be set
            in code too, and so can what has no setting because it is an object: types of exceptions, a budget, a classifier,
            listeners ([how to](../how-to/configure.md)). For one method of an interface `@Retried` sets it
            ([how to](../how-to/annotations.md)).

            """;

    private static final String REST = """

            - A duration is a whole number with a unit, `250ms`, `5s`, `2m` or `1h`, or ISO-8601 (`PT0.25S`).
            - White space around a value is ignored. The longest duration, 292 years, is what 63 bits of nanoseconds hold.
            - A value that cannot be read or is outside its bounds is refused with an `IllegalArgumentException`, and so is an
              unknown name that begins with `dbop.` or `DBOP_`: a setting with a slip in its name would do nothing, and nobody
              would know. Names that begin otherwise are ignored.
            - Variables that begin with `DBOP_TEST_` belong to the test kit and are ignored.
            - What is not set keeps its default. A limit is switched off by leaving it out, not by 0.
            """;

    private ConfigurationPage() {}

    static String render() {
        StringBuilder page = new StringBuilder(INTRO);
        page.append("| property | environment | meaning | default | bounds | reason |\n");
        page.append("| --- | --- | --- | --- | --- | --- |\n");
        for (Settings.Key key : Settings.Key.values()) {
            List<String> cells = List.of(
                    "`" + key.property() + "`",
                    "`" + key.variable() + "`",
                    key.meaning(),
                    key.ifUnset(),
                    key.form().bounds(),
                    key.reason());
            page.append("| ").append(String.join(" | ", cells)).append(" |\n");
        }
        return page.append(REST).toString();
    }
}
