package dev.dbop.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One connection through the proxy: two sockets and a thread for each direction. */
final class Link {

    private static final int CONNECT_LIMIT_MILLIS = 10_000;

    private final FaultProxy proxy;
    private final Socket client;
    private final Socket server = new Socket();

    /** A new connection counts as answered, so that the client's first bytes begin a turn. */
    private final AtomicBoolean answered = new AtomicBoolean(true);

    /** The fault that waits for the server's answer. */
    private final AtomicReference<@Nullable PlannedFault> awaitingAnswer = new AtomicReference<>();

    /** What the client has sent in this turn; touched by its thread only. */
    private final ByteArrayOutputStream turn = new ByteArrayOutputStream();

    Link(FaultProxy proxy, Socket client) {
        this.proxy = proxy;
        this.client = client;
    }

    /** Work of a thread that ends when a socket is closed under it. */
    @FunctionalInterface
    interface SocketWork {
        void run() throws IOException;
    }

    static Thread daemon(String name, SocketWork work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException closed) {
                        // the other thread, or the test, has closed the socket
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    void start(String host, int port) {
        String name = "dbop-proxy-link-" + client.getPort();
        daemon(name + "-client", () -> {
            try {
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                server.connect(new InetSocketAddress(host, port), CONNECT_LIMIT_MILLIS);
                daemon(name + "-server", () -> endingWith(this::pumpAnswers));
                endingWith(this::pumpRequests);
            } catch (IOException e) {
                cut();
                throw e;
            }
        });
    }

    /** Closes both sides with a reset: no linger, so what is unsent is lost. */
    void cut() {
        reset(client);
        reset(server);
        proxy.ended(this);
    }

    private void endingWith(SocketWork pump) throws IOException {
        try {
            pump.run();
        } catch (IOException e) {
            cut();
            throw e;
        }
    }

    private void pumpRequests() throws IOException {
        byte[] buffer = new byte[65_536];
        InputStream in = client.getInputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            if (answered.getAndSet(false)) {
                turn.reset();
                proxy.turnBegun();
            }
            turn.write(buffer, 0, count);
            proxy.pause();
            request(buffer, count);
        }
        server.shutdownOutput();
    }

    private void request(byte[] buffer, int count) throws IOException {
        PlannedFault fault = proxy.match(turn.toByteArray());
        if (fault == null) {
            forward(buffer, count);
            return;
        }
        turn.reset();
        switch (fault.kind()) {
            case CUT_BEFORE -> cutBy(fault);
            case HOLD_BACK -> fault.holdUntilReleased();
            case CUT_AFTER, HOLD_ANSWER -> awaitingAnswer.set(fault);
            case WATCH, ORPHAN -> {
                // a watcher has been told; an orphan is cut once it is forwarded
            }
        }
        forward(buffer, count);
        if (fault.kind() == PlannedFault.Kind.ORPHAN) {
            cutBy(fault);
        }
    }

    private void forward(byte[] buffer, int count) throws IOException {
        if (!proxy.isMute()) {
            server.getOutputStream().write(buffer, 0, count);
        }
    }

    private void pumpAnswers() throws IOException {
        byte[] buffer = new byte[65_536];
        InputStream in = server.getInputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            PlannedFault fault = awaitingAnswer.getAndSet(null);
            if (fault != null && fault.kind() == PlannedFault.Kind.CUT_AFTER) {
                cutBy(fault);
            } else if (fault != null) {
                fault.holdUntilReleased();
            }
            proxy.pause();
            if (!proxy.isMute()) {
                answered.set(true);
                client.getOutputStream().write(buffer, 0, count);
            }
        }
        client.close();
        server.close();
        proxy.ended(this);
    }

    private void cutBy(PlannedFault fault) throws IOException {
        fault.begin();
        cut();
        fault.happen();
        throw new IOException("cut by plan");
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException alreadyClosed) {
            // nothing is left to cut
        }
    }
}
