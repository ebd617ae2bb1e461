package dev.dbop.jdbc;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Random;

/** What dbop-jdbc may know of. */
@AnalyzeClasses(packages = "dev.dbop.jdbc", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule KNOWS_THE_CORE_JDBC_AND_SLF4J_ONLY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.dbop",
                    "dev.dbop.connect",
                    "dev.dbop.sql",
                    "dev.dbop.twophase",
                    "dev.dbop.watch",
                    "dev.dbop.jdbc..",
                    "java..",
                    "javax.sql",
                    "org.slf4j..",
                    "org.jspecify.annotations");

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
    static final ArchRule HOLDS_NO_MONITOR = noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED);
}
