package dev.dbop.benchmarks;

import dev.dbop.benchmarks.report.Report;
import java.util.Map;

/** A group of measurements that ends in one table. */
public interface Group {
    /**
     * Returns what the group is started by.
     *
     * @return the name, also of its files
     */
    String name();

    /**
     * Returns every setting the group knows, with its default.
     *
     * @return in the order they are listed in
     */
    Map<String, String> defaults();

    /**
     * Measures.
     *
     * @param arguments of the defaults' names
     * @return the result
     * @throws Exception if a database fails, or a result is wrong
     */
    Report run(Arguments arguments) throws Exception;
}
