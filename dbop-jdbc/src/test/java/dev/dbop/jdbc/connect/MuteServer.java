package dev.dbop.jdbc.connect;

import dev.dbop.connect.HostAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Accepts every connection and never says a word. */
final class MuteServer implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Socket> accepted = new CopyOnWriteArrayList<>();

    MuteServer() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread acceptor = new Thread(this::accept, "mute-server");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                accepted.add(listener.accept());
            } catch (IOException closed) {
                return;
            }
        }
    }

    HostAddress address() {
        return new HostAddress("127.0.0.1", listener.getLocalPort());
    }

    int connections() {
        return accepted.size();
    }

    /** Whether every client has closed its end, whatever it sent before. */
    boolean isAlone() throws IOException {
        for (Socket socket : accepted) {
            if (!isEnded(socket)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isEnded(Socket socket) throws IOException {
        socket.setSoTimeout(50);
        try {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : accepted) {
            socket.close();
        }
    }
}
