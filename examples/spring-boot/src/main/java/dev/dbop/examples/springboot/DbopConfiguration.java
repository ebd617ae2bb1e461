package dev.dbop.examples.springboot;

import dev.dbop.DbopRunner;
import dev.dbop.RunListener;
import dev.dbop.observe.MicrometerListener;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** One runner for the application, set up by its properties. */
@Configuration(proxyBeanMethods = false)
class DbopConfiguration {
    // snippet: runner
    @Bean
    RunListener dbopMetrics(MeterRegistry registry) {
        return MicrometerListener.of(registry);
    }

    @Bean
    DbopRunner dbop(Environment environment, List<RunListener> listeners) {
        DbopRunner runner = DbopRunner.fromProperties(settings(environment));
        for (RunListener listener : listeners) {
            runner = runner.listener(listener);
        }
        return runner;
    }

    /** All of {@code dbop.*}: application.properties, the command line, the environment (DBOP_MAX_RETRIES). */
    private static Map<String, String> settings(Environment environment) {
        Map<String, String> settings = new HashMap<>();
        Binder.get(environment)
                .bind("dbop", Bindable.mapOf(String.class, String.class))
                .orElse(Map.of())
                .forEach((name, value) -> settings.putIfAbsent("dbop." + name.replace('.', '-'), value));
        settings.keySet().removeIf(name -> name.startsWith("dbop.test-")); // of the environment: the test kit's
        return settings;
    }
    // end snippet
}
