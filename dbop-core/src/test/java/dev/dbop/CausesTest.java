package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CausesTest {
    @Test
    void aFailureIsOneOfItsOwnCauses() {
        assertThat(Causes.anyIn(new IllegalStateException(), List.of(RuntimeException.class)))
                .isTrue();
        assertThat(Causes.anyIn(new IllegalStateException(), List.of(Error.class)))
                .isFalse();
        assertThat(Causes.anyIn(new IllegalStateException(), List.of())).isFalse();
    }

    @Test
    void causesAreFoundAtSomeDepth() {
        assertThat(Causes.anyIn(nested(30), List.of(ArithmeticException.class))).isTrue();
    }

    @Test
    void theSearchEndsInAVeryLongChain() {
        assertThat(Causes.anyIn(nested(100), List.of(ArithmeticException.class)))
                .isFalse();
    }

    @Test
    void theSearchEndsInACycle() {
        RuntimeException first = new RuntimeException("first");
        RuntimeException second = new RuntimeException("second", first);
        assertThat(first.initCause(second)).isSameAs(first);

        assertThat(Causes.anyIn(first, List.of(Error.class))).isFalse();
        assertThat(Causes.leadsTo(first, new RuntimeException("other"))).isFalse();
    }

    @Test
    void oneFailureLeadsToAnotherThroughCausesAndSuppressedOnes() {
        RuntimeException end = new RuntimeException("end");
        RuntimeException suppressing = new RuntimeException("suppressing");
        suppressing.addSuppressed(new RuntimeException("beside"));
        suppressing.addSuppressed(new RuntimeException("caused", end));
        RuntimeException start = new RuntimeException("start", suppressing);

        assertThat(Causes.leadsTo(start, end)).isTrue();
        assertThat(Causes.leadsTo(start, start)).isTrue();
        assertThat(Causes.leadsTo(end, start)).isFalse();
    }

    @Test
    void theWayFromOneFailureToAnotherIsBounded() {
        RuntimeException end = new RuntimeException("end");
        RuntimeException start = end;
        for (int i = 0; i < 10_000; i++) {
            RuntimeException next = new RuntimeException("one of many");
            next.addSuppressed(start);
            start = next;
        }

        assertThat(Causes.leadsTo(start, end)).isFalse();
    }

    /** An arithmetic failure so many causes deep. */
    private static Throwable nested(int depth) {
        Throwable failure = new ArithmeticException();
        for (int i = 0; i < depth; i++) {
            failure = new RuntimeException(failure);
        }
        return failure;
    }
}
