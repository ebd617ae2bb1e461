package dev.dbop.hibernate;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Random;

/** What dbop-hibernate may know of. */
@AnalyzeClasses(packages = "dev.dbop.hibernate", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule KNOWS_THE_CORE_THE_JDBC_ADAPTER_AND_HIBERNATE_ONLY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.dbop",
                    "dev.dbop.sql",
                    "dev.dbop.jdbc",
                    "dev.dbop.jdbc.tools",
                    "dev.dbop.watch",
                    "dev.dbop.hibernate",
                    "java..",
                    "javax.sql",
                    "jakarta.persistence..",
                    "jakarta.transaction..",
                    "org.hibernate..",
                    "org.slf4j..",
                    "org.jspecify.annotations");

    @ArchTest
    static final ArchRule KNOWS_OF_HIBERNATES_INTERNALS_ONLY_WHAT_HAS_NO_INTERFACE = noClasses()
            .that()
            .resideInAPackage("dev.dbop.hibernate")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("org.hibernate..internal..").and(not(simpleName("ManyToManyCollectionPart"))));

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
