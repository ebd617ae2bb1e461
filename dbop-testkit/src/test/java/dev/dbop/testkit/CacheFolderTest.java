package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CacheFolderTest {

    private final String name = "test-" + ProcessHandle.current().pid();

    @AfterEach
    void delete() {
        CacheFolder.exclusively(root -> {
            CacheFolder.delete(root.resolve(name));
            CacheFolder.delete(root.resolve(name + ".unfinished"));
            return root;
        });
    }

    @Test
    void fillsAFolderOnce() {
        AtomicInteger fills = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            Path folder = CacheFolder.provide(name, unfinished -> {
                fills.incrementAndGet();
                Files.writeString(unfinished.resolve("file"), "content");
            });
            assertThat(folder.resolve("file")).hasContent("content");
        }
        assertThat(fills).hasValue(1);
    }

    @Test
    void throwsAwayWhatWasLeftHalfDone() {
        assertThatThrownBy(() -> CacheFolder.provide(name, unfinished -> {
                    Files.writeString(unfinished.resolve("half"), "content");
                    throw new IOException("disk full");
                }))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("disk full");

        Path folder = CacheFolder.provide(name, unfinished -> Files.writeString(unfinished.resolve("whole"), "x"));
        assertThat(folder).isDirectoryContaining("glob:**/whole").isDirectoryNotContaining("glob:**/half");
    }
}
