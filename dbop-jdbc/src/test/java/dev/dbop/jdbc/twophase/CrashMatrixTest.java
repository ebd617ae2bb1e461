package dev.dbop.jdbc.twophase;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.Recovery;
import dev.dbop.jdbc.RecoveryReport;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.twophase.CrashMatrix;
import dev.dbop.testkit.twophase.Kill;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All or nothing is left of a transaction whose coordinator is killed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("one-jdk")
abstract class CrashMatrixTest {
    private final List<TestDatabase> databases;
    private final CrashMatrix matrix;

    CrashMatrixTest(TestDatabase... databases) {
        this.databases = List.of(databases);
        this.matrix = new CrashMatrix(this.databases, TransferMain.class, CrashMatrixTest::address);
    }

    private static String address(TestDatabase database, @Nullable FaultProxy proxy) {
        return proxy == null ? database.url() : database.url(proxy.port());
    }

    List<Kill> kills() {
        return matrix.kills();
    }

    @BeforeAll
    void build(@TempDir Path folder) throws SQLException, IOException {
        matrix.createTables();
        TwoPhase.Builder builder = TwoPhase.builder().runner(DbopRunner.create().listeners());
        for (int i = 0; i < databases.size(); i++) {
            builder.branch(TransferMain.name(i), databases.get(i).dataSource());
        }
        Recovery recovery = builder.build().recovery();
        matrix.start(
                () -> {
                    RecoveryReport report = recovery.recover();
                    return new CrashMatrix.Look(report.groups(), report.isComplete());
                },
                folder);
    }

    @AfterAll
    void end() {
        matrix.close();
    }

    @ParameterizedTest
    @MethodSource("kills")
    void allOrNothingIsLeftOf(Kill kill) throws Exception {
        matrix.survive(kill);
    }
}
