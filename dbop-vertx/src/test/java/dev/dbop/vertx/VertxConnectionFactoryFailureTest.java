package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.connect.Dsn;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnectOptions;
import java.net.ConnectException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A search that is thrown out of its way has ended like any other. */
class VertxConnectionFactoryFailureTest {
    private final AtomicBoolean first = new AtomicBoolean(true);

    private static Throwable failure(Future<SqlConnectOptions> found) {
        Throwable thrown = catchThrowable(
                () -> found.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS));
        return Objects.requireNonNull(thrown.getCause());
    }

    private VertxConnectionFactory.Builder builder() {
        return VertxConnectionFactory.builder(Clients.VERTX, Dsn.parse("postgresql://u@127.0.0.1:1/db"));
    }

    @Test
    void anErrorFailsItsSearchAndTheNextCallSearchesAgain() {
        Dsn dsn = Dsn.parse("postgresql://u@127.0.0.1:1/db");
        VertxConnectionFactory factory = builder()
                .options(host -> {
                    if (first.getAndSet(false)) {
                        throw new NoClassDefFoundError("client");
                    }
                    return VertxDsn.pgOptions(dsn, host);
                })
                .build();

        assertThat(failure(factory.get())).isInstanceOf(NoClassDefFoundError.class);
        assertThat(failure(factory.get())).isInstanceOf(ConnectException.class).hasMessageContaining("refused");
    }

    @Test
    void aClockThatFailsOnceFailsOneSearch() {
        VertxConnectionFactory factory = builder()
                .ticker(() -> {
                    if (first.getAndSet(false)) {
                        throw new IllegalStateException("clock");
                    }
                    return System.nanoTime();
                })
                .build();

        assertThat(failure(factory.get())).hasMessage("clock");
        assertThat(failure(factory.get())).isInstanceOf(ConnectException.class);
    }
}
