package dev.dbop.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.locks.ReentrantLock;

/** The per-user folder of unpacked servers and pre-initialised data, shared by all JVMs of the user. */
final class CacheFolder {

    /** A file lock belongs to the whole JVM, so threads of one JVM need a lock of their own. */
    private static final ReentrantLock IN_THIS_JVM = new ReentrantLock();

    private CacheFolder() {}

    /** Fills a folder; what it leaves half done is thrown away. */
    @FunctionalInterface
    interface Filler {
        void fill(Path folder) throws IOException;
    }

    /** Work done while no other thread and no other JVM of this user touches the cache. */
    @FunctionalInterface
    interface Work<T> {
        T run(Path root) throws IOException;
    }

    /** Returns the folder of that name, filled the first time it is asked for. */
    static Path provide(String name, Filler filler) {
        return exclusively(root -> {
            Path folder = root.resolve(name);
            if (!Files.isDirectory(folder)) {
                Path unfinished = root.resolve(name + ".unfinished");
                delete(unfinished);
                Files.createDirectories(unfinished);
                filler.fill(unfinished);
                Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
            }
            return folder;
        });
    }

    static <T> T exclusively(Work<T> work) {
        Path root = Settings.cacheFolder();
        IN_THIS_JVM.lock();
        try {
            Files.createDirectories(root);
            try (FileChannel channel = FileChannel.open(
                            root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (!lock.isValid()) {
                    throw new IOException("the lock of the cache folder " + root + " was lost: try again");
                }
                return work.run(root);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the cache folder " + root + " could not be used: " + e.getMessage(), e);
        } finally {
            IN_THIS_JVM.unlock();
        }
    }

    static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Deletes a file or a whole folder; files that vanish meanwhile are no error. */
    static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                Files.deleteIfExists(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
