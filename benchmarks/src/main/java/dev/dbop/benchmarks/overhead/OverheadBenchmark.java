package dev.dbop.benchmarks.overhead;

import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One call around an operation that does nothing; one contender in a virtual machine, as an application would have it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OverheadBenchmark {
    /** What is done. */
    @Param("HAPPY")
    public String scenario = "HAPPY";

    /** By whom. */
    @Param("hand")
    public String contender = "hand";

    private @Nullable Callable<Integer> call;

    /**
     * Makes the call.
     *
     * @throws SQLException never
     */
    @Setup
    public void prepare() throws SQLException {
        call = Calls.of(Calls.Scenario.valueOf(scenario), contender);
    }

    /**
     * Calls.
     *
     * @return what keeps the call from being left out
     * @throws Exception never
     */
    @Benchmark
    public Integer call() throws Exception {
        return Objects.requireNonNull(call).call();
    }
}
