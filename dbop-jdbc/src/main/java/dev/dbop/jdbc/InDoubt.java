package dev.dbop.jdbc;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction over several databases with prepared branches: one that is just committing, or was left in between.
 *
 * @param group its name, see {@link TwoPhaseTransaction#id()}
 * @param branches the names of the databases where a branch is prepared
 * @param age since the oldest of them was prepared; null if no server tells (MySQL and MariaDB do not)
 */
public record InDoubt(
        String group, List<String> branches, @Nullable Duration age) {
    /**
     * Copies the list.
     *
     * @param group see above
     * @param branches see above
     * @param age see above
     */
    public InDoubt {
        branches = List.copyOf(branches);
    }
}
