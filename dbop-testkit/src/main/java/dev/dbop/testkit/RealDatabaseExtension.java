package dev.dbop.testkit;

import java.lang.annotation.Annotation;
import java.lang.reflect.Executable;
import java.lang.reflect.Parameter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/** Stands behind {@link RealDatabase}. */
final class RealDatabaseExtension
        implements ExecutionCondition, ParameterResolver, BeforeEachCallback, AfterEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(RealDatabaseExtension.class);

    /** Skips where a server is missing: an exception while a parameter is resolved would be a failure. */
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return wanted(context)
                .map(wanted -> TestServers.reasonToSkip(wanted.value(), wanted.options()))
                .flatMap(Optional::stream)
                .findFirst()
                .map(ConditionEvaluationResult::disabled)
                .orElseGet(() -> ConditionEvaluationResult.enabled("every database is there"));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestDatabase.class
                && annotationOf(parameter.getParameter(), context).isPresent();
    }

    @Override
    public TestDatabase resolveParameter(ParameterContext parameter, ExtensionContext context) {
        RealDatabase wanted = annotationOf(parameter.getParameter(), context).orElseThrow();
        try {
            return databasesOf(context).get(wanted);
        } catch (SQLException e) {
            throw new IllegalStateException("no fresh database on " + wanted.value() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws SQLException {
        databasesOf(context).beforeTest();
    }

    @Override
    public void afterEach(ExtensionContext context) throws SQLException {
        databasesOf(context).afterTest();
    }

    /** Of a class: its own and those of its constructors and life cycle methods; of a test method: its own. */
    private static Stream<RealDatabase> wanted(ExtensionContext context) {
        if (context.getTestMethod().isPresent()) {
            return ofParameters(context.getTestMethod().get());
        }
        Class<?> type = context.getTestClass().orElseThrow();
        List<Executable> executables = new ArrayList<>(List.of(type.getDeclaredConstructors()));
        for (Class<? extends Annotation> lifeCycle :
                List.of(BeforeAll.class, BeforeEach.class, AfterEach.class, AfterAll.class)) {
            executables.addAll(
                    AnnotationSupport.findAnnotatedMethods(type, lifeCycle, HierarchyTraversalMode.TOP_DOWN));
        }
        return Stream.concat(
                annotationOfClass(context).stream(), executables.stream().flatMap(RealDatabaseExtension::ofParameters));
    }

    private static Stream<RealDatabase> ofParameters(Executable executable) {
        return Stream.of(executable.getParameters())
                .flatMap(parameter -> AnnotationSupport.findAnnotation(parameter, RealDatabase.class).stream());
    }

    private static Optional<RealDatabase> annotationOf(Parameter parameter, ExtensionContext context) {
        Optional<RealDatabase> own = AnnotationSupport.findAnnotation(parameter, RealDatabase.class);
        return own.isPresent() ? own : annotationOfClass(context);
    }

    /** A nested class has the database of the class around it. */
    private static Optional<RealDatabase> annotationOfClass(ExtensionContext context) {
        Optional<RealDatabase> found =
                context.getTestClass().flatMap(type -> AnnotationSupport.findAnnotation(type, RealDatabase.class));
        return found.isPresent() ? found : context.getParent().flatMap(RealDatabaseExtension::annotationOfClass);
    }

    /** Kept with the outermost class, so that they end with it and its nested classes share them. */
    private static Databases databasesOf(ExtensionContext context) {
        ExtensionContext outermost = context;
        Optional<ExtensionContext> parent = context.getParent();
        while (parent.isPresent() && parent.get().getTestClass().isPresent()) {
            outermost = parent.get();
            parent = outermost.getParent();
        }
        return outermost
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(Databases.class, key -> new Databases(), Databases.class);
    }
}
