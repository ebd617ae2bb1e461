package dev.dbop.testkit;

import dev.dbop.sql.Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** A server in a container. Compiled, not part of the kit's own runs: those machines have no Docker. */
final class ContainerServer implements ServerProcess {

    private static final String PASSWORD = "dbop-secret";
    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    /**
     * How an image is told what it needs.
     *
     * @param image the pinned image
     * @param port the port inside the container
     * @param user the administrator
     * @param database the administrator's database, empty for none
     * @param environment what the image reads at its first start
     * @param command the server's options
     * @param ready the line of the final, not the initialising, server
     */
    private record Image(
            String image,
            int port,
            String user,
            String database,
            Map<String, String> environment,
            List<String> command,
            String ready) {}

    private final Image image;
    private final GenericContainer<?> container;

    private ContainerServer(Image image, GenericContainer<?> container) {
        this.image = image;
        this.container = container;
    }

    /** Whether Testcontainers is on the class path and finds Docker. */
    static boolean possible() {
        try {
            return Settings.dockerAllowed()
                    && hintOfDocker()
                    && DockerClientFactory.instance().isDockerAvailable();
        } catch (NoClassDefFoundError testcontainersIsOptional) {
            return false;
        }
    }

    /** Where there is no trace of Docker, Testcontainers needs half a second and an ERROR in the log to say so. */
    private static boolean hintOfDocker() {
        String home = System.getProperty("user.home");
        String runtime = String.valueOf(System.getenv("XDG_RUNTIME_DIR"));
        return System.getenv("DOCKER_HOST") != null
                || Stream.of(
                                Path.of("/var/run/docker.sock"),
                                Path.of(home, ".testcontainers.properties"),
                                Path.of(home, ".docker", "run", "docker.sock"),
                                Path.of(home, ".docker", "desktop", "docker.sock"),
                                Path.of(runtime, "docker.sock"))
                        .anyMatch(Files::exists);
    }

    @SuppressWarnings("resource") // closed by close()
    static ContainerServer start(Database database, List<String> options) {
        Image image = imageOf(database);
        String[] command = Stream.concat(
                        image.command().stream(),
                        options.stream()
                                .flatMap(option -> database == Database.POSTGRESQL
                                        ? Stream.of("-c", option)
                                        : Stream.of("--" + option)))
                .toArray(String[]::new);
        GenericContainer<?> container = new GenericContainer<>(image.image())
                .withEnv(image.environment())
                .withCommand(command)
                .withExposedPorts(image.port())
                .waitingFor(Wait.forLogMessage(image.ready(), 2).withStartupTimeout(START_LIMIT));
        container.start();
        return new ContainerServer(image, container);
    }

    @Override
    public String host() {
        return container.getHost();
    }

    @Override
    public int port() {
        return container.getMappedPort(image.port());
    }

    @Override
    public Credentials admin() {
        return new Credentials(image.user(), PASSWORD);
    }

    @Override
    public String adminDatabase() {
        return image.database();
    }

    @Override
    public void close() {
        container.stop();
    }

    private static Image imageOf(Database database) {
        return switch (database) {
            case POSTGRESQL ->
                new Image(
                        "postgres:17.11",
                        5432,
                        "postgres",
                        "postgres",
                        Map.of("POSTGRES_PASSWORD", PASSWORD),
                        List.of("postgres", "-c", "max_prepared_transactions=20", "-c", "max_connections=300"),
                        ".*database system is ready to accept connections.*\\s");
            case MARIADB ->
                new Image(
                        "mariadb:11.4.5",
                        3306,
                        "root",
                        "",
                        Map.of("MARIADB_ROOT_PASSWORD", PASSWORD),
                        List.of("--skip-ssl", "--max-connections=300"),
                        ".*ready for connections.*\\s");
            case MYSQL ->
                new Image(
                        "mysql:8.0.31",
                        3306,
                        "root",
                        "",
                        Map.of("MYSQL_ROOT_PASSWORD", PASSWORD),
                        List.of("--mysqlx=OFF", "--disable-log-bin", "--max-connections=300"),
                        ".*ready for connections.*\\s");
            default ->
                throw new UnavailableException(
                        "no container image is known for " + database + ": give the URL of a server");
        };
    }
}
