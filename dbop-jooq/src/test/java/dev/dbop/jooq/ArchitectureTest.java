package dev.dbop.jooq;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.sql.Statement;
import org.jooq.exception.DataAccessException;

/** What dbop-jooq may know of, and must leave to the modules below. */
@AnalyzeClasses(packages = "dev.dbop.jooq", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule KNOWS_CORE_JDBC_JOOQ_AND_SLF4J_ONLY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.dbop",
                    "dev.dbop.sql",
                    "dev.dbop.jdbc",
                    "dev.dbop.jooq",
                    "java..",
                    "org.jooq",
                    "org.jooq.conf",
                    "org.jooq.exception",
                    "org.jooq.impl",
                    "org.slf4j..",
                    "org.jspecify.annotations");

    @ArchTest
    static final ArchRule RUNS_NO_SQL_OF_ITS_OWN =
            noClasses().should().dependOnClassesThat().areAssignableTo(Statement.class);

    @ArchTest
    static final ArchRule CLASSIFIES_NOTHING_BY_THE_CLASSES_OF_SQLSTATES = noClasses()
            .should()
            .callMethod(DataAccessException.class, "sqlStateClass")
            .orShould()
            .callMethod(DataAccessException.class, "sqlState");

    @ArchTest
    static final ArchRule NEVER_SLEEPS = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule HOLDS_NO_MONITOR = noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED);
}
