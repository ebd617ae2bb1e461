package dev.dbop.moduletests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.Configuration;
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
        assertThat(Modules.requires(Modules.CORE, Modifier.STATIC)).contains("org.jspecify");
        assertThat(Modules.requires(Modules.JDBC, Modifier.STATIC)).contains("org.jspecify");
    }

    @Test
    void jdbcPassesOnWhatItsSignaturesMention() {
        assertThat(Modules.requires(Modules.JDBC, Modifier.TRANSITIVE))
                .containsExactlyInAnyOrder(Modules.CORE, "java.sql");
    }

    @Test
    void onlyThePublishedPackagesAreVisible() {
        assertThat(exports(Modules.CORE)).containsExactlyInAnyOrder("dev.dbop", "dev.dbop.sql", "dev.dbop.twophase");
        assertThat(exports(Modules.JDBC)).containsExactlyInAnyOrder("dev.dbop.jdbc");
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
