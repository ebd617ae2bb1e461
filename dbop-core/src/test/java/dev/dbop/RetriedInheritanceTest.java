package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which annotation stands for a method that comes from far above, or from two sides. */
class RetriedInheritanceTest {
    private final List<Boolean> readOnly = new ArrayList<>();

    /** Has none. */
    interface Top {
        String find();
    }

    /** Stands for what it inherits. */
    @Retried(readOnly = true)
    interface Middle extends Top {}

    /** Inherits what the middle says. */
    interface Bottom extends Middle {}

    /** One side. */
    interface Left {
        @Retried(readOnly = true)
        String find();
    }

    /** The same method, to be run otherwise. */
    interface Right {
        @Retried(maxRetries = 0)
        String find();
    }

    /** Does not say which. */
    interface Both extends Left, Right {}

    /** Says which. */
    interface Chosen extends Left, Right {
        @Override
        @Retried(readOnly = true)
        String find();
    }

    private AttemptScope<String, RuntimeException> scope() {
        return new AttemptScope<>() {
            @Override
            public Attempt<String, RuntimeException> open(AttemptContext context) {
                readOnly.add(context.readOnly());
                return new Attempt<>() {
                    @Override
                    public String resource() {
                        return "resource";
                    }

                    @Override
                    public void commit() {}

                    @Override
                    public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
                        return verdict;
                    }
                };
            }

            @Override
            public Reach reach() {
                return Reach.TRANSACTION;
            }
        };
    }

    @Test
    void anInterfaceInBetweenStandsForWhatItInherits() {
        Bottom bottom = DbopRunner.create().proxy(Bottom.class, scope(), resource -> () -> "found");

        assertThat(bottom.find()).isEqualTo("found");
        assertThat(readOnly).containsExactly(true);
    }

    @Test
    void aMethodOfTwoInterfacesThatDifferIsRefusedUntilItIsDeclaredAgain() {
        assertThatThrownBy(() -> DbopRunner.create().proxy(Both.class, scope(), resource -> () -> "found"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("@Retried of Both.find differs between ")
                .hasMessageEndingWith("declare the method again in Both, with the annotation that is meant");

        DbopRunner.create()
                .proxy(Chosen.class, scope(), resource -> () -> "found")
                .find();
        assertThat(readOnly).containsExactly(true);
    }
}
