package dev.dbop.jdbc;

import dev.dbop.twophase.GroupReport;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one run of {@link Recovery} has found and done.
 *
 * @param groups one report per group found prepared
 * @param rowsDeleted how many decision rows were deleted because nobody needs them any more
 * @param unavailable the names of databases that could not be reached, or not completely, with the reason
 */
public record RecoveryReport(List<GroupReport> groups, int rowsDeleted, Map<String, Exception> unavailable) {
    /**
     * Copies the collections.
     *
     * @param groups see above
     * @param rowsDeleted see above
     * @param unavailable see above
     */
    public RecoveryReport {
        groups = List.copyOf(groups);
        unavailable = Collections.unmodifiableMap(new LinkedHashMap<>(unavailable));
    }

    /**
     * Tells whether nothing is left that a later run, or an operator, has to look at.
     *
     * @return true if every database was reached, and every group found is finished
     */
    public boolean isComplete() {
        return unavailable.isEmpty()
                && groups.stream()
                        .noneMatch(group ->
                                group instanceof GroupReport.Deferred || group instanceof GroupReport.Conflicting);
    }
}
