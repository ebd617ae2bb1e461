package dev.dbop.vertx;

import dev.dbop.jdbc.Recovery;
import dev.dbop.jdbc.RecoveryReport;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.RealDatabase;
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

/** All or nothing is left of a transaction whose coordinator is killed; the blocking adapter's recovery cleans up. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("one-jdk")
class CrashMatrixTest {
    private final List<TestDatabase> databases;
    private final CrashMatrix matrix;

    CrashMatrixTest(
            @RealDatabase(Database.POSTGRESQL) TestDatabase first,
            @RealDatabase(Database.MYSQL) TestDatabase second,
            @RealDatabase(value = Database.POSTGRESQL, pooled = true) TestDatabase third) {
        this.databases = List.of(first, second, third);
        this.matrix = new CrashMatrix(databases, TransferMain.class, CrashMatrixTest::address);
    }

    private static String address(TestDatabase database, @Nullable FaultProxy proxy) {
        int port = proxy == null ? database.server().port() : proxy.port();
        return String.join(
                " ",
                database.database().name(),
                "127.0.0.1",
                String.valueOf(port),
                database.name(),
                database.login().user(),
                database.login().password());
    }

    List<Kill> kills() {
        return matrix.kills();
    }

    @BeforeAll
    void build(@TempDir Path folder) throws SQLException, IOException {
        matrix.createTables();
        TwoPhase.Builder builder = TwoPhase.builder();
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
