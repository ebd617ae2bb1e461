package dev.dbop.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one running server: its data and the number of its process.
 *
 * <p>Its owner holds a file lock that the operating system frees when the JVM ends, in whatever way. Whoever makes the
 * next run folder takes the locks it can get, kills the servers behind them and deletes their folders.
 */
final class RunFolder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** The start time tells this JVM from one of the same number in another container on the same home. */
    private static final String OWN_MARK = "-" + ProcessHandle.current().pid() + "-"
            + Long.toString(
                    ProcessHandle.current()
                            .info()
                            .startInstant()
                            .map(Instant::toEpochMilli)
                            .orElse(0L),
                    36)
            + "-";

    private static final Duration DEATH_LIMIT = Duration.ofSeconds(20);

    private final Path folder;
    private final Path ownerFile;
    private final FileChannel owner;

    private RunFolder(Path folder, Path ownerFile, FileChannel owner) {
        this.folder = folder;
        this.ownerFile = ownerFile;
        this.owner = owner;
    }

    static RunFolder create(String label) {
        return CacheFolder.exclusively(root -> {
            Path runs = Files.createDirectories(root.resolve("run"));
            sweep(runs);
            String name = label + OWN_MARK + NUMBERS.incrementAndGet();
            Path ownerFile = runs.resolve(name + ".owner");
            FileChannel owner = FileChannel.open(ownerFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = owner.tryLock();
            if (lock == null) {
                owner.close();
                throw new IOException("run folder " + name + " belongs to another JVM: delete " + runs);
            }
            return new RunFolder(Files.createDirectories(runs.resolve(name)), ownerFile, owner);
        });
    }

    Path path() {
        return folder;
    }

    /** Notes the server's process, so that it can be found when this JVM no longer exists. */
    void belongsTo(ProcessHandle server) {
        try {
            Files.writeString(folder.resolve("server"), server.pid() + " " + startOf(server));
        } catch (IOException e) {
            throw new UncheckedIOException("process " + server.pid() + " could not be noted in " + folder, e);
        }
    }

    /** Ends a process and all it started, at once, and waits until they are gone. */
    static void killTree(ProcessHandle server) {
        List<ProcessHandle> children = server.descendants().toList();
        server.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        Stream.concat(Stream.of(server), children.stream()).forEach(RunFolder::awaitEnd);
    }

    @Override
    public void close() {
        try {
            CacheFolder.delete(folder);
            Files.deleteIfExists(ownerFile);
            owner.close();
        } catch (IOException e) {
            throw new UncheckedIOException("run folder " + folder + " could not be deleted", e);
        }
    }

    private static void awaitEnd(ProcessHandle process) {
        awaitEnd(process, DEATH_LIMIT);
    }

    /**
     * Waits until a process is gone. Asks it, because {@code onExit} is told by the common pool, which on two cores has one
     * thread, and a test may have lent it.
     */
    static void awaitEnd(ProcessHandle process, Duration limit) {
        Poll.<IllegalStateException>until(
                limit, () -> !process.isAlive(), () -> "process " + process.pid() + " does not end");
    }

    /** What cannot be cleared away keeps nobody from making a run folder. */
    static void sweep(Path runs) throws IOException {
        try (Stream<Path> files = Files.list(runs)) {
            // never open an own one: on POSIX, closing any handle of a file gives up all locks of the process on it
            for (Path file : files.filter(f ->
                            f.toString().endsWith(".owner") && !f.toString().contains(OWN_MARK))
                    .toList()) {
                try {
                    sweepOne(file);
                } catch (IOException | RuntimeException | AssertionError notCleared) {
                    LOG.warn("what a JVM that has died left could not be cleared away: {}", file, notCleared);
                }
            }
        }
    }

    /** Clears what an owner left, if it is gone. One that closes its folder by itself, meanwhile, has left nothing. */
    static void sweepOne(Path ownerFile) throws IOException {
        FileChannel opened;
        try {
            opened = FileChannel.open(ownerFile, StandardOpenOption.WRITE);
        } catch (NoSuchFileException closedMeanwhile) {
            return;
        }
        try (FileChannel channel = opened;
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                return;
            }
            String file = ownerFile.toString();
            Path folder = Path.of(file.substring(0, file.length() - ".owner".length()));
            killServerOf(folder);
            CacheFolder.delete(folder);
            Files.deleteIfExists(ownerFile);
        }
    }

    private static void killServerOf(Path folder) throws IOException {
        Path note = folder.resolve("server");
        if (Files.exists(note)) {
            String[] pidAndStart = Files.readString(note).split(" ", 2);
            ProcessHandle.of(Long.parseLong(pidAndStart[0]))
                    .filter(process -> startOf(process).equals(pidAndStart[1]))
                    .ifPresent(RunFolder::killTree);
        }
    }

    /** A pid alone may have been given to another process since. */
    private static String startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("unknown");
    }
}
