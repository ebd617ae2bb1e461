package dev.dbop.examples.springboot;

import dev.dbop.examples.support.Servers;
import dev.dbop.sql.Database;
import dev.dbop.testkit.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts the service on a database of its own, and makes the trouble it survives; nothing to copy. */
public final class SpringBootExample {
    private SpringBootExample() {}

    /**
     * Runs the example.
     *
     * @param arguments {@code --serve} to leave the service running instead; others are Spring Boot's
     * @throws Exception if the database cannot be reached
     */
    public static void main(String[] arguments) throws Exception {
        List<String> settings = new ArrayList<>(List.of(arguments));
        boolean serves = settings.remove("--serve");
        try (TestDatabase database = Servers.createDatabase(Database.POSTGRESQL)) {
            settings.add(0, "--server.port=0");
            settings.add("--spring.datasource.url=" + database.url());
            if (!serves) {
                settings.add("--logging.level.dev.dbop=OFF"); // the trouble is printed
            }
            try (ConfigurableApplicationContext service =
                    SpringApplication.run(Application.class, settings.toArray(new String[0]))) {
                Bank bank = service.getBean(Bank.class);
                bank.open();
                if (serves) {
                    serve(service);
                } else {
                    new Trouble(database, bank, new Client(port(service))).make();
                }
            }
        }
    }

    private static int port(ConfigurableApplicationContext service) {
        return service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    /** Until the process is ended, or somebody presses Enter. */
    private static void serve(ConfigurableApplicationContext service) throws Exception {
        String url = "http://localhost:" + port(service);
        System.out.printf("""
                curl -i %1$s/transfers --json '{"id": "a", "from": 1, "to": 2, "amount": 10}'
                curl %1$s/actuator/prometheus
                Enter ends it.
                """, url);
        int ended = System.in.read();
        System.out.println(ended < 0 ? "no terminal: ended" : "ended");
    }
}
