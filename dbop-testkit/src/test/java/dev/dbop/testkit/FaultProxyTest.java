package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Before a server that answers each byte with itself. */
final class FaultProxyTest {

    private static final int SHORT_MILLIS = 200;

    private final ServerSocket echo = newServer();
    private final FaultProxy proxy = FaultProxy.to("127.0.0.1", echo.getLocalPort());
    private @Nullable Thread echoing;

    @BeforeEach
    void start() {
        echoing = Link.daemon("echo", () -> {
            while (true) {
                Socket socket = echo.accept();
                Link.daemon("echo-connection", () -> {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                    socket.close();
                });
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        echo.close();
    }

    @Test
    void countsATurnWhenTheClientSpeaksAfterTheServer() throws IOException {
        try (Socket client = connect()) {
            ask(client, "one");
            ask(client, "two");
            assertThat(proxy.roundTrips()).isEqualTo(2);

            proxy.resetRoundTrips();
            PlannedFault held = proxy.holdAnswer(FaultProxy.containing("three"));
            PlannedFault seen = proxy.watch(FaultProxy.containing("four"));
            send(client, "three");
            send(client, "four");
            seen.await();
            held.release();
            receive(client, "threefour");
            assertThat(proxy.roundTrips()).isEqualTo(1);
        }
    }

    @Test
    void noticesAMessageWhateverItsCase() throws IOException {
        PlannedFault seen = proxy.watch(FaultProxy.containing("commit"));
        try (Socket client = connect()) {
            ask(client, "begin");
            assertThat(seen.hasHappened()).isFalse();
            ask(client, "COMMIT");
            seen.await();
        }
    }

    @Test
    void findsATextThatArrivesInPieces() throws IOException {
        proxy.blackHole();
        PlannedFault part = proxy.watch(FaultProxy.containing("com"));
        PlannedFault whole = proxy.watch(FaultProxy.containing("mmit"));
        try (Socket client = connect()) {
            send(client, "xcom");
            part.await();
            send(client, "mm");
            send(client, "it");
            whole.await();
        }
    }

    @Test
    void makesAPlannedFaultOnceAndTheNextOnTheNextMessage() throws IOException {
        proxy.cutBeforeForwarding(FaultProxy.containing("x"));
        proxy.cutAfterForwarding(FaultProxy.containing("x"));
        for (int i = 0; i < 2; i++) {
            try (Socket client = connect()) {
                assertThatThrownBy(() -> ask(client, "x"))
                        .isInstanceOf(SocketException.class)
                        .hasMessage("Connection reset");
            }
        }
        try (Socket client = connect()) {
            ask(client, "x");
        }
    }

    @Test
    void swallowsEverythingInABlackHoleAndConnectsAgainOnceHealed() throws IOException {
        try (Socket before = connect()) {
            ask(before, "hello");
            proxy.blackHole();
            try (Socket during = connect()) {
                for (Socket socket : new Socket[] {before, during}) {
                    socket.setSoTimeout(SHORT_MILLIS);
                    assertThatThrownBy(() -> ask(socket, "lost")).isInstanceOf(SocketTimeoutException.class);
                }
            }
            proxy.heal();
            assertThatThrownBy(() -> ask(before, "more")).isInstanceOf(SocketException.class);
        }
        try (Socket after = connect()) {
            ask(after, "hello");
        }
    }

    @Test
    void keepsItsPortFromOthersWhileItRefuses() throws IOException {
        proxy.refuseNewConnections();
        try (ServerSocket other = new ServerSocket()) {
            other.setReuseAddress(false);
            SocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port());

            assertThatThrownBy(() -> other.bind(address)).isInstanceOf(BindException.class);
            proxy.close();
            other.bind(address);
        }
    }

    @Test
    void refusesNewConnectionsAndLeavesTheOpenOnes() throws IOException {
        try (Socket open = connect()) {
            ask(open, "hello");
            proxy.refuseNewConnections();

            assertThatThrownBy(FaultProxyTest.this::connect).isInstanceOf(ConnectException.class);
            ask(open, "still here");

            proxy.heal();
            try (Socket again = connect()) {
                ask(again, "hello");
            }
            assertThat(proxy.connections()).isEqualTo(2);
        }
    }

    @Test
    void leadsNewConnectionsToWhereItIsMovedAndLeavesTheOpenOnes() throws IOException {
        try (ServerSocket greeting = newServer();
                Socket open = connect()) {
            ask(open, "one");
            Link.daemon("greeting", () -> {
                try (Socket socket = greeting.accept()) {
                    socket.getOutputStream().write("welcome".getBytes(StandardCharsets.US_ASCII));
                }
            });

            proxy.moveTo("127.0.0.1", greeting.getLocalPort());

            try (Socket moved = connect()) {
                receive(moved, "welcome");
            }
            ask(open, "two");
        }
    }

    @Test
    void resetsAClientWhoseServerIsDown() throws IOException, InterruptedException {
        echo.close();
        Objects.requireNonNull(echoing).join();
        try (Socket client = connect()) {
            assertThatThrownBy(() -> ask(client, "hello")).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void letsTheEndOfTheServersAnswersThrough() throws IOException {
        try (Socket client = connect()) {
            ask(client, "bye");
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void cutsWhatItHoldsWhenClosed() throws IOException {
        PlannedFault held = proxy.holdBack(FaultProxy.containing("x"));
        try (Socket client = connect()) {
            send(client, "x");
            held.await();
            proxy.close();
            assertThatThrownBy(() -> receive(client, "x")).isInstanceOf(SocketException.class);
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void ask(Socket socket, String text) throws IOException {
        send(socket, text);
        receive(socket, text);
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void receive(Socket socket, String expected) throws IOException {
        byte[] answer = socket.getInputStream().readNBytes(expected.length());
        assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo(expected);
    }

    private static ServerSocket newServer() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
