package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Of the loops that are late only those are found that wait for something. */
@Timeout(60)
class BlockedLoopsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Vertx vertx = Vertx.vertx(new VertxOptions()
            .setEventLoopPoolSize(1)
            .setMaxEventLoopExecuteTime(200)
            .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
            .setBlockedThreadCheckInterval(50)
            .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS));
    private final BlockedLoops blocked = BlockedLoops.of(vertx);
    private final CompletableFuture<Integer> end = new CompletableFuture<>();

    @AfterEach
    void close() {
        end.complete(0);
        blocked.close();
        Clients.await(vertx.close());
    }

    private void awaitFound(String frame) {
        await().atMost(PATIENCE).until(() -> blocked.found().stream().anyMatch(loop -> loop.contains(frame)));
    }

    @Test
    void aLoopThatWaitsForAnotherThreadIsFound() {
        vertx.runOnContext(now -> end.join());

        awaitFound("CompletableFuture.join");
    }

    @Test
    void aLoopThatReadsFromASocketIsFound() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new Socket(mute.getInetAddress(), mute.getLocalPort())) {
            vertx.runOnContext(now -> read(socket));

            awaitFound("BlockedLoopsTest.read");
        }
    }

    /** Until the socket is closed. */
    private void read(Socket socket) {
        try {
            end.complete(socket.getInputStream().read());
        } catch (IOException closed) {
            end.completeExceptionally(closed);
        }
    }

    @Test
    void aLoopThatRunsIsNot() {
        vertx.runOnContext(now -> {
            while (!end.isDone()) {
                Thread.onSpinWait();
            }
        });

        await().atMost(PATIENCE).until(() -> blocked.late() > 0);
        assertThat(blocked.found()).isEmpty();
    }
}
