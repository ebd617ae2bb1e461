package dev.dbop.testkit;

import dev.dbop.sql.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/**
 * The data of a running PostgreSQL, copied for a standby: by the low-level functions (PostgreSQL manual, "Making a Base Backup
 * Using the Low Level API"), since the delivered binaries have no {@code pg_basebackup}.
 */
final class StandbyCopy extends SimpleFileVisitor<Path> {
    /** What belongs to the running server, or is made anew. */
    private static final Set<String> LEFT_OUT = Set.of("postmaster.pid", "postmaster.opts", "epg-lock");

    private static final Set<String> EMPTY = Set.of("pg_replslot", "pg_dynshmem", "pg_stat_tmp", "pg_notify");

    private final Path from;
    private final Path to;

    private StandbyCopy(Path from, Path to) {
        this.from = from;
        this.to = to;
    }

    static void make(Path from, Path to, Credentials admin, int port) {
        String url = ClientDriver.OWN.url(Database.POSTGRESQL, "127.0.0.1", port, "postgres", admin);
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_backup_start('standby', true)");
            Files.walkFileTree(from, new StandbyCopy(from, to));
            try (ResultSet stopped = statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
                stopped.next();
                Files.writeString(to.resolve("backup_label"), stopped.getString(1));
            }
            Files.createFile(to.resolve("standby.signal"));
            Files.writeString(
                    to.resolve("postgresql.auto.conf"),
                    "primary_conninfo = 'host=127.0.0.1 port=" + port + " user=" + admin.user() + " password="
                            + admin.password() + "'\n",
                    StandardOpenOption.APPEND);
        } catch (SQLException e) {
            throw new IllegalStateException("the server could not be copied for a standby", e);
        } catch (IOException e) {
            throw new UncheckedIOException("the data in " + from + " could not be copied for a standby", e);
        }
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
        Files.createDirectories(
                to.resolve(from.relativize(folder)),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Path inside = from.relativize(file);
        boolean leftOut = LEFT_OUT.contains(inside.toString())
                || EMPTY.contains(inside.getName(0).toString());
        if (!leftOut) {
            try {
                Files.copy(file, to.resolve(inside));
            } catch (NoSuchFileException deletedMeanwhile) {
                return FileVisitResult.CONTINUE;
            }
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        if (failure instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw failure;
    }
}
