package dev.dbop.moduletests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ModulePathTest {

    @Test
    void coreNeedsSlf4jAndNothingElse() {
        assertThat(resolve(Modules.CORE)).containsExactlyInAnyOrder(Modules.CORE, "org.slf4j", "java.base");
    }

    @Test
    void jdbcNeedsCoreAndJavaSqlAndNothingElse() {
        assertThat(resolve(Modules.JDBC))
                .containsExactlyInAnyOrder(
                        Modules.JDBC,
                        Modules.CORE,
                        "org.slf4j",
                        "java.base",
                        "java.sql",
                        "java.logging",
                        "java.transaction.xa",
                        "java.xml");
    }

    @Test
    void annotationsAreNeededAtCompileTimeOnly() {
        assertThat(Modules.requires(Modules.CORE, Modifier.STATIC))
                .containsExactlyInAnyOrder(
                        "org.jspecify", "io.opentelemetry.api", "io.opentelemetry.context", "micrometer.core");
        assertThat(Modules.requires(Modules.JDBC, Modifier.STATIC)).contains("org.jspecify");
    }

    @Test
    void jdbcPassesOnWhatItsSignaturesMention() {
        assertThat(Modules.requires(Modules.JDBC, Modifier.TRANSITIVE))
                .containsExactlyInAnyOrder(Modules.CORE, "java.sql");
    }

    @Test
    void adaptersPassOnJdbcAndTheirClient() {
        assertThat(Modules.requires(Modules.JOOQ, Modifier.TRANSITIVE))
                .contains(Modules.JDBC, "org.jooq")
                .doesNotContain(Modules.HIBERNATE);
        assertThat(Modules.requires(Modules.HIBERNATE, Modifier.TRANSITIVE))
                .contains(Modules.JDBC, "org.hibernate.orm.core", "jakarta.persistence")
                .doesNotContain(Modules.JOOQ);
    }

    @Test
    void vertxPassesOnCoreAndItsClientAndNeedsNoJdbc() {
        assertThat(Modules.requires(Modules.VERTX, Modifier.TRANSITIVE))
                .contains(Modules.CORE, "io.vertx.core", "io.vertx.sql.client");
        assertThat(Modules.descriptor(Modules.VERTX).requires())
                .extracting(ModuleDescriptor.Requires::name)
                .doesNotContain(Modules.JDBC);
        assertThat(Modules.requires(Modules.VERTX, Modifier.STATIC)).contains("io.vertx.sql.client.pg");
    }

    @Test
    void adaptersAreResolvedWithNothingButTheirClient() {
        assertThat(resolve(Modules.JOOQ)).contains(Modules.JDBC, "org.jooq");
        assertThat(resolve(Modules.HIBERNATE)).contains(Modules.JDBC, "org.hibernate.orm.core");
    }

    @Test
    void onlyThePublishedPackagesAreVisible() {
        assertThat(exports(Modules.CORE))
                .containsExactlyInAnyOrder(
                        "dev.dbop",
                        "dev.dbop.connect",
                        "dev.dbop.observe",
                        "dev.dbop.sql",
                        "dev.dbop.twophase",
                        "dev.dbop.watch");
        assertThat(exports(Modules.JDBC))
                .containsExactlyInAnyOrder("dev.dbop.jdbc", "dev.dbop.jdbc.connect", "dev.dbop.jdbc.tools");
        assertThat(exports(Modules.JOOQ)).containsExactlyInAnyOrder("dev.dbop.jooq");
        assertThat(exports(Modules.VERTX)).containsExactlyInAnyOrder("dev.dbop.vertx");
        assertThat(exports(Modules.HIBERNATE)).containsExactlyInAnyOrder("dev.dbop.hibernate");
        assertThat(Modules.descriptor(Modules.CORE).opens()).isEmpty();
        assertThat(Modules.descriptor(Modules.JDBC).opens()).isEmpty();
    }

    @Test
    void callerRunsAsNamedModuleWithoutAnnotationsAndLoggingProvider() throws Exception {
        assertThat(run(Caller.class.getName())).contains(Modules.CALLER + " used " + Modules.CORE + ": 2 runs");
    }

    private static Set<String> resolve(String root) {
        Configuration configuration =
                Configuration.empty().resolve(Modules.all(), ModuleFinder.ofSystem(), Set.of(root));
        return configuration.modules().stream().map(ResolvedModule::name).collect(Collectors.toSet());
    }

    private static Set<String> exports(String module) {
        return Modules.descriptor(module).exports().stream()
                .filter(exported -> !exported.isQualified())
                .map(Exports::source)
                .collect(Collectors.toSet());
    }

    private static String run(String mainClass) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(List.of(
                        java, "--module-path", Modules.modulePath(), "--module", Modules.CALLER + "/" + mainClass))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(output).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
