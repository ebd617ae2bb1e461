package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.sql.Isolation;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be honoured is refused: when the proxy is made where that can be seen, else by the first call. */
class RetriedRefusalsTest {
    private final VirtualTime time = new VirtualTime();
    private final RecordingScope scope = new RecordingScope(time);
    private final DbopRunner runner = EveryEngine.runner(time, new ArrayList<>());

    @AfterEach
    void everyAttemptEnded() {
        scope.assertNothingLeftOpen();
    }

    interface Plain {
        String find();
    }

    /** One bad value each. */
    interface BadValues {
        interface BlankName {
            @Retried(name = "  ")
            String find();
        }

        interface FewRetries {
            @Retried(maxRetries = -2)
            String find();
        }

        interface NoDuration {
            @Retried(maxDuration = "soon")
            String find();
        }

        interface NoTime {
            @Retried(attemptTimeout = "0s")
            String find();
        }

        interface LongLock {
            @Retried(lockTimeout = "9999999h")
            String find();
        }

        @Retried(statementTimeout = "99999999999999999999s")
        interface LongStatement {
            String find();
        }

        interface TwoLevels {
            @Retried(isolation = {Isolation.READ_COMMITTED, Isolation.SERIALIZABLE})
            String find();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "BlankName | name is \"  \": must not be blank; name the operation, as in \"rename-project\"",
                "FewRetries | maxRetries is -2: must be 0 or more; 0 makes one attempt only",
                "NoDuration | maxDuration is \"soon\": must be a duration, such as 250ms, 5s, 2m, 1h or PT0.25S",
                "NoTime | attemptTimeout is PT0S: must be greater than zero; leave it unset for no limit",
                "LongLock | lock timeout is PT9999999H: must be at most PT2562047H47M16.854775807S (292 years); choose a"
                        + " shorter one",
                "LongStatement | statementTimeout is \"99999999999999999999s\": must be a duration, such as 250ms, 5s, 2m,"
                        + " 1h or PT0.25S",
                "TwoLevels | isolation is [READ_COMMITTED, SERIALIZABLE]: must be one level; choose one"
            })
    void aBadValueIsRefusedUnderTheNameOfItsMethod(String type, String refusal) throws Exception {
        Class<?> bad = Class.forName(BadValues.class.getName() + "$" + type);

        assertThatThrownBy(() -> proxy(bad))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("@Retried of " + type + ".find: " + refusal);
    }

    private <I> I proxy(Class<I> type) {
        return runner.proxy(type, scope.blocking(), attempt -> {
            throw new AssertionError("nothing is called");
        });
    }

    private <I> I proxyAsync(Class<I> type) {
        return runner.proxyAsync(type, scope.async(), attempt -> {
            throw new AssertionError("nothing is called");
        });
    }

    /** Nobody else may implement it. */
    sealed interface Closed permits Only {
        String find();
    }

    private static final class Only implements Closed {
        @Override
        public String find() {
            return "found";
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Only.class, Closed.class, int.class, RetryPolicy.class})
    void onlyInterfacesThatAnybodyMayImplementArePossible(Class<?> type) {
        assertThatThrownBy(() -> proxy(type))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "type is " + type.getName() + ": must be an interface that anybody may implement; declare one"
                                + " with the methods to be run again");
    }

    @Test
    void anInterfaceThatDbopCannotCallIsRefused() throws Exception {
        Class<?> hidden = Class.forName("jdk.internal.access.JavaLangAccess");

        assertThatThrownBy(() -> proxy(hidden))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(
                        "JavaLangAccess\\.\\w+ cannot be called by dbop: must be a method of a public interface"
                                + " in an exported package; make it one, or open jdk\\.internal\\.access to .*module.*");
    }

    interface Futures {
        Future<String> find();
    }

    interface Stages {
        CompletableFuture<String> find();
    }

    interface Publishers {
        Flow.Publisher<String> find();
    }

    @ParameterizedTest
    @ValueSource(classes = {Futures.class, Stages.class, Publishers.class})
    void aResultThatComesLaterIsRefusedInABlockingCall(Class<?> type) throws Exception {
        String returned = type.getMethod("find").getReturnType().getSimpleName();

        assertThatThrownBy(() -> proxy(type))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(type.getSimpleName() + ".find returns " + returned + ": must return its result, since the"
                        + " attempt ends with the method; make the proxy with proxyAsync, on"
                        + " AsyncAttemptScope.blocking(scope, executor)");
    }

    @Test
    @SuppressWarnings("unchecked")
    void aResultThatComesLaterIsNotCommittedAlthoughTheTypeHidesIt() {
        Callable<Object> hidden = runner.proxy(Callable.class, scope.blocking(), attempt -> CompletableFuture::new);

        assertThatThrownBy(hidden::call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Callable.call returned a CompletableFuture: must return its result, since the attempt ends"
                        + " with the method; make the proxy with proxyAsync");
        assertThat(scope.journal()).containsExactly("open 1", "rollback 1 OPERATION GIVE_UP");
    }

    interface Mixed {
        CompletableFuture<String> find();

        void rename();
    }

    @ParameterizedTest
    @CsvSource({"Mixed, rename, void", "Plain, find, String", "Futures, find, Future"})
    void aResultThatWouldHaveToBeWaitedForIsRefusedInAnAsynchronousCall(String type, String method, String returned)
            throws Exception {
        Class<?> blocking = Class.forName(getClass().getName() + "$" + type);

        assertThatThrownBy(() -> proxyAsync(blocking))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(type + "." + method + " returns " + returned
                        + ": must return CompletionStage or CompletableFuture; move it to an interface of its own, for"
                        + " proxy");
    }

    /** Annotated where nobody looks. */
    private static class Misplaced implements Plain {
        @Override
        @Retried(readOnly = true)
        public String find() {
            return "found";
        }
    }

    private static final class MisplacedBySuperclass extends Misplaced {}

    @Retried
    private static final class MisplacedOnClass implements Plain {
        @Override
        public String find() {
            return "found";
        }
    }

    @Test
    void anAnnotationOnAClassIsNotTakenForOne() {
        assertThat(new Misplaced().find()).isEqualTo("found");

        assertRefused(new Misplaced(), "Misplaced.find");
        assertRefused(new MisplacedBySuperclass(), "Misplaced.find");
        assertRefused(new MisplacedOnClass(), "MisplacedOnClass");
    }

    private void assertRefused(Plain target, String place) {
        Plain plain = runner.proxy(Plain.class, scope.blocking(), attempt -> target);
        int opened = scope.opened();

        assertThatThrownBy(plain::find)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        place + " is annotated with @Retried: must not be, since only interfaces' annotations are read;"
                                + " move it to the interface of Plain.find");
        assertThat(scope.opened()).isEqualTo(opened + 1);
    }

    @Test
    void noTargetIsAMistakeOfTheCallers() {
        Plain blocking = runner.proxy(Plain.class, scope.blocking(), attempt -> Null.of(Plain.class));
        Stages async = runner.proxyAsync(Stages.class, scope.async(), attempt -> Null.of(Stages.class));
        Stages silent =
                runner.proxyAsync(Stages.class, scope.async(), attempt -> () -> nothing(CompletableFuture.class));

        assertThatThrownBy(blocking::find)
                .isInstanceOf(NullPointerException.class)
                .hasMessage("null returned as the target of Plain.find: must be an object that has it");
        assertThatThrownBy(() -> async.find().join())
                .hasRootCauseMessage("null returned as the target of Stages.find: must be an object that has it");
        assertThatThrownBy(() -> silent.find().join())
                .hasRootCauseMessage("Stages.find returned null: must return a stage");
    }

    @Test
    void nothingIsRefusedByName() {
        AttemptScope<Integer, Exception> noScope = nothing(AttemptScope.class);
        AsyncAttemptScope<Integer> noAsyncScope = nothing(AsyncAttemptScope.class);

        assertThatThrownBy(() -> proxy(RetriedRefusalsTest.<Class<?>>nothing(Class.class)))
                .hasMessage("type");
        assertThatThrownBy(() -> runner.proxy(Plain.class, noScope, attempt -> () -> "found"))
                .hasMessage("scope");
        assertThatThrownBy(() -> runner.proxyAsync(Stages.class, noAsyncScope, attempt -> CompletableFuture::new))
                .hasMessage("scope");
        assertThatThrownBy(() -> runner.proxy(Plain.class, scope.blocking(), nothing(Operation.class)))
                .hasMessage("target");
        assertThatThrownBy(() ->
                        runner.proxyAsync(Stages.class, scope.async(), nothing(java.util.function.Function.class)))
                .hasMessage("target");
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T> T nothing(Class<?> type) {
        return (T) Null.of(type);
    }
}
