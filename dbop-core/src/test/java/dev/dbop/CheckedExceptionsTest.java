package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The compiler infers what a call throws: the client's checked exception where there is one, nothing to catch where
 * there is none. The {@code throws} clauses of the private methods are the test; they do not compile otherwise.
 */
class CheckedExceptionsTest {
    private static final DbopRunner RUNNER = DbopRunner.create().listeners();

    private final ClientException refused = new ClientException();
    private final List<String> touched = new ArrayList<>();

    @Test
    void passUnwrapped() {
        assertThat(catchThrowable(this::lambdaWithCheckedException)).isSameAs(refused);
        assertThat(catchThrowable(this::methodReferenceWithCheckedException)).isSameAs(refused);
        assertThat(catchThrowable(this::operationThrowsMoreThanItsScope)).isSameAs(refused);
        assertThat(catchThrowable(this::checkedHook)).isSameAs(refused);
        assertThat(catchThrowable(this::twoKindsOfException)).isSameAs(refused);
    }

    @Test
    void passUnwrappedThroughTheFunctionWithEveryPartNamed() {
        try (CapturedLog log = CapturedLog.of("dev.dbop")) {
            log.at(Level.DEBUG);
            assertThat(catchThrowable(this::everyPartNamed)).isSameAs(refused);
            assertThat(log.lines())
                    .containsExactly("DEBUG call \"unnamed\" failed, the failure is not of the database: attempt 1,"
                            + " OPERATION, GIVE_UP: ClientException");
        }
    }

    private int lambdaWithCheckedException() throws ClientException {
        return RUNNER.call(checked(), connection -> rename(connection, "Demo"));
    }

    private int methodReferenceWithCheckedException() throws ClientException {
        return RUNNER.call(checked(), this::count);
    }

    /** Neither type covers the other, so that the compiler knows no more than what both are. */
    private int operationThrowsMoreThanItsScope() throws Exception {
        return RUNNER.call(unchecked(), this::count);
    }

    private String checkedHook() throws ClientException {
        return RUNNER.call(checked(), (connection, context) -> rename(connection, context.name()), String::trim);
    }

    private int everyPartNamed() throws ClientException {
        return Dbop.execute(this::count, RetryPolicy.defaults(), checked(), PreAttemptHook.none(), Classifier.none());
    }

    private int twoKindsOfException() throws ClientException, IOException {
        try {
            return RUNNER.call(files(), this::count);
        } catch (IOException | ClientException | RuntimeException known) {
            throw known;
        } catch (Exception other) {
            throw new AssertionError(other);
        }
    }

    @Test
    void areDeclaredBecauseTheScopeMayThrowThem() throws ClientException {
        assertThat(RUNNER.<String, String, ClientException>call(checked(), String::trim))
                .isEqualTo("connection");
        assertThat(checkedScopeWithUncheckedOperation()).isEqualTo(10);
    }

    private int checkedScopeWithUncheckedOperation() throws ClientException {
        return RUNNER.call(checked(), String::length);
    }

    @Test
    void areNothingToCatchWhereThereAreNone() {
        assertThat(uncheckedLambda()).isEqualTo(10);
        assertThat(uncheckedMethodReference()).isEqualTo(10);
        assertThat(uncheckedWithHook()).isEqualTo(10);
        assertThat(uncheckedWithEveryPartNamed()).isEqualTo(10);
        uncheckedVoid();
        assertThat(touched).containsExactly("connection", "connection", "connection", "connection");
    }

    private static int uncheckedLambda() {
        return RUNNER.call(unchecked(), connection -> connection.length());
    }

    private static int uncheckedMethodReference() {
        return RUNNER.call(unchecked(), String::length);
    }

    private static int uncheckedWithHook() {
        return RUNNER.call(unchecked(), PreAttemptHook.none(), String::length);
    }

    private static int uncheckedWithEveryPartNamed() {
        return Dbop.execute(
                String::length, RetryPolicy.defaults(), unchecked(), PreAttemptHook.none(), Classifier.none());
    }

    private void uncheckedVoid() {
        RUNNER.run(unchecked(), connection -> {
            touched.add(connection);
        });
        RUNNER.run(unchecked(), touched::add);
        RUNNER.run(unchecked(), this::touch);
        RUNNER.run(unchecked(), (connection, context) -> {}, this::touch);
    }

    @Test
    void ofVoidOperationsAreInferredToo() throws ClientException {
        RUNNER.run(checked(), connection -> touch(connection));
        RUNNER.run(checked(), this::touch);

        assertThat(touched).hasSize(2);
        assertThat(catchThrowable(this::voidLambda)).isSameAs(refused);
        assertThat(catchThrowable(this::voidMethodReference)).isSameAs(refused);
        assertThat(catchThrowable(this::voidWithHook)).isSameAs(refused);
    }

    private void voidLambda() throws ClientException {
        RUNNER.run(checked(), connection -> {
            delete(connection);
        });
    }

    private void voidMethodReference() throws ClientException {
        RUNNER.run(checked(), this::delete);
    }

    private void voidWithHook() throws ClientException {
        RUNNER.run(checked(), (connection, context) -> delete(connection), this::touch);
    }

    @Test
    void doNotMatterWhereTheOutcomeIsReturned() {
        Outcome<Integer> outcome = RUNNER.tryCall(checked(), this::count);

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(failure.failure()).isSameAs(refused));
        assertThat(RUNNER.<String, Integer>callOrElse(checked(), this::count, -1))
                .isEqualTo(-1);
    }

    @Test
    void doNotNarrowResourceAndResult() throws ClientException {
        Operation<Object, Integer, ClientException> ofAnything =
                resource -> resource.toString().length();

        Number result = RUNNER.<String, Number, ClientException>call(checked(), ofAnything);
        CharSequence text = uncheckedResult();

        assertThat(result).isEqualTo(10);
        assertThat(text).hasToString("connection");
    }

    private static CharSequence uncheckedResult() {
        return RUNNER.call(unchecked(), String::trim);
    }

    private int rename(String connection, String name) throws ClientException {
        assertThat(connection).isNotEqualTo(name);
        throw refused;
    }

    private int count(String connection) throws ClientException {
        return rename(connection, "");
    }

    private void delete(String connection) throws ClientException {
        throw connection.isEmpty() ? new ClientException() : refused;
    }

    private void touch(String connection) {
        touched.add(connection);
    }

    private static AttemptScope<String, ClientException> checked() {
        return new Lending<>();
    }

    private static AttemptScope<String, RuntimeException> unchecked() {
        return new Lending<>();
    }

    private static AttemptScope<String, IOException> files() {
        return new Lending<>();
    }

    /** Hands out a word; nothing to begin, commit or undo. */
    private static final class Lending<X extends Exception> implements AttemptScope<String, X> {
        @Override
        public Reach reach() {
            return Reach.CONNECTION;
        }

        @Override
        public Attempt<String, X> open(AttemptContext context) {
            return new Attempt<>() {
                @Override
                public String resource() {
                    return "connection";
                }

                @Override
                public void commit() {}

                @Override
                public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
                    return verdict;
                }
            };
        }
    }

    static final class ClientException extends Exception {
        private static final long serialVersionUID = 1;
    }
}
