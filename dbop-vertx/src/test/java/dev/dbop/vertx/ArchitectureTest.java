package dev.dbop.vertx;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Random;

/** What dbop-vertx may know of. */
@AnalyzeClasses(packages = "dev.dbop.vertx", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** No JDBC: java.sql is not among the packages. */
    @ArchTest
    static final ArchRule KNOWS_THE_CORE_VERTX_AND_SLF4J_ONLY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.dbop",
                    "dev.dbop.connect",
                    "dev.dbop.sql",
                    "dev.dbop.twophase",
                    "dev.dbop.watch",
                    "dev.dbop.vertx..",
                    "io.vertx.core..",
                    "io.vertx.sqlclient..",
                    "io.vertx.pgclient..",
                    "io.vertx.mysqlclient",
                    "java.lang..",
                    "java.io",
                    "java.net",
                    "java.nio.channels",
                    "java.time",
                    "java.util..",
                    "org.slf4j..",
                    "org.jspecify.annotations");

    /** What is not exported would fail on the module path. */
    @ArchTest
    static final ArchRule LEAVES_THE_INSIDES_OF_THE_CLIENTS_ALONE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.core.impl..", "io.vertx.sqlclient.impl..", "io.netty..");

    @ArchTest
    static final ArchRule NEVER_SLEEPS_AND_TAKES_ITS_CHANCES_FROM_THE_CORE = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Random.class);

    @ArchTest
    static final ArchRule HOLDS_NO_MONITOR =
            noMethods().that().doNotHaveName("getCause").should().haveModifier(JavaModifier.SYNCHRONIZED);
}
