package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SavepointNameTest {
    @Test
    void namesInUseDiffer() {
        List<SavepointName> taken = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            taken.add(SavepointName.take());
        }

        assertThat(taken).extracting(SavepointName::toString).doesNotHaveDuplicates();
        taken.forEach(SavepointName::giveBack);
    }

    @Test
    void aNameGivenBackIsUsedAgain() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            SavepointName name = SavepointName.take();
            names.add(name.toString());
            name.giveBack();
        }

        assertThat(names).hasSizeLessThan(2_000);
    }

    @Test
    void namesInUseDifferBetweenThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        Set<String> inUse = ConcurrentHashMap.newKeySet();
        Callable<Boolean> steps = () -> {
            for (int i = 0; i < 5_000; i++) {
                SavepointName name = SavepointName.take();
                if (!inUse.add(name.toString())) {
                    return false;
                }
                inUse.remove(name.toString());
                name.giveBack();
            }
            return true;
        };
        try {
            for (Future<Boolean> alone : threads.invokeAll(List.of(steps, steps, steps, steps))) {
                assertThat(alone.get()).isTrue();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void allStatementsStandInTheSameName() {
        SavepointName name = SavepointName.take();

        assertThat(name.set()).isEqualTo("SAVEPOINT " + name);
        assertThat(name.release()).isEqualTo("RELEASE SAVEPOINT " + name);
        assertThat(name.rollBack()).isEqualTo("ROLLBACK TO SAVEPOINT " + name);
        name.giveBack();
    }
}
