package dev.dbop;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.twophase.BranchId;
import dev.dbop.twophase.DecisionRow;
import dev.dbop.twophase.GroupId;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** What the main classes of dbop-core may use, and what they must never do. */
@AnalyzeClasses(packages = "dev.dbop", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule coreNeedsTheJdkAndSlf4jAndNothingElse = classes()
            .that()
            .resideOutsideOfPackage("dev.dbop.observe..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.slf4j..", "org.jspecify..", "dev.dbop.."));

    @ArchTest
    static final ArchRule coreKnowsNoDriver = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax..", "java.net..", "io.vertx..", "org.jooq..", "org.hibernate..")
            .because("the caller brings the client");

    @ArchTest
    static final ArchRule observabilityIsOptional = noClasses()
            .that()
            .resideOutsideOfPackage("dev.dbop.observe..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.dbop.observe..", "io.opentelemetry..", "io.micrometer..")
            .because("an application without these libraries must not miss them");

    @ArchTest
    static final ArchRule observabilityKnowsItsTwoLibrariesOnly = classes()
            .that()
            .resideInAPackage("dev.dbop.observe..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..", "org.jspecify..", "dev.dbop..", "io.opentelemetry..", "io.micrometer.."));

    @ArchTest
    static final ArchRule tracesAndMetricsDoNotNeedEachOther = noClasses()
            .that()
            .haveSimpleNameStartingWith("OpenTelemetry")
            .or()
            .haveSimpleNameStartingWith("CallSpans")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.micrometer..");

    @ArchTest
    static final ArchRule sqlPackageUsesOfTheEngineOnlyItsValues = noClasses()
            .that()
            .resideInAPackage("dev.dbop.sql..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.dbop..")
                    .and(not(resideInAPackage("dev.dbop.sql..")))
                    .and(not(belongToAnyOf(Verdict.class, Phase.class, Timeouts.class)))
                    .and(not(belongToAnyOf(BranchId.class, GroupId.class, DecisionRow.class))))
            .because("names of branches are written into SQL, what is decided about them is not");

    @ArchTest
    static final ArchRule twoPhaseLogicKnowsNothingElse = noClasses()
            .that()
            .resideInAPackage("dev.dbop.twophase..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.dbop..").and(not(resideInAPackage("dev.dbop.twophase.."))));

    @ArchTest
    static final ArchRule engineUsesOfTheSqlPackageOnlyDatabaseAndIsolation = noClasses()
            .that()
            .resideInAPackage("dev.dbop")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.dbop.sql..")
                    .and(not(belongToAnyOf(Database.class, Isolation.class)))
                    .and(not(equivalentTo(Isolation[].class))))
            .because("what an error means is for scopes and classifiers to say");

    @ArchTest
    static final ArchRule publicClassesAreFinalOrClosed = classes()
            .that()
            .arePublic()
            .and()
            .areNotInterfaces()
            .and(not(closed()))
            .and(not(belongToAnyOf(LayeredScope.class, LayeredAttempt.class)))
            .should()
            .haveModifier(JavaModifier.FINAL)
            .because("only what is documented for it may be extended");

    @ArchTest
    static final ArchRule nobodyWaitsOrReadsAClockButSystemTime = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(SystemTime.class.getName())
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(TimeUnit.class, "sleep", long.class)
            .because("time is injected");

    @ArchTest
    static final ArchRule nobodyUsesTheWallClockOrThreadSleep = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class)
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Instant")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Clock");

    @ArchTest
    static final ArchRule nobodyMakesRandomNumbersOfTheirOwn = noClasses()
            .should()
            .callConstructor(Random.class)
            .orShould()
            .callMethod(Math.class, "random")
            .because("randomness is injected");

    @ArchTest
    static final ArchRule nobodyPrints = noClasses().should(ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule nobodyLogsPastSlf4j = noClasses().should(USE_JAVA_UTIL_LOGGING);

    @ArchTest
    static final ArchRule noMethodIsSynchronized = noMethods()
            .should()
            .haveModifier(JavaModifier.SYNCHRONIZED)
            .because("a monitor pins a virtual thread to its carrier");

    @ArchTest
    static final ArchRule nothingIsKeptPerThread =
            noFields().should().haveRawType(ThreadLocal.class).because("what belongs to a call is passed to it");

    @ArchTest
    static final ArchRule nothingStaticCanBeReplaced =
            noFields().that().areStatic().should(notBeFinal());

    /** An enum whose constants have bodies is not final, nor is a sealed class; both are closed. */
    private static DescribedPredicate<JavaClass> closed() {
        return DescribedPredicate.describe("closed", type -> {
            Class<?> reflected = type.reflect();
            return reflected.isEnum() || reflected.isSealed();
        });
    }

    private static ArchCondition<JavaField> notBeFinal() {
        return new ArchCondition<>("not be final") {
            @Override
            public void check(JavaField field, ConditionEvents events) {
                boolean replaceable = !field.getModifiers().contains(JavaModifier.FINAL);
                events.add(new SimpleConditionEvent(field, replaceable, field.getFullName() + " is not final"));
            }
        };
    }
}
