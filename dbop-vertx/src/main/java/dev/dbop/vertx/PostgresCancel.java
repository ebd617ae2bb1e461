package dev.dbop.vertx;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import io.vertx.pgclient.PgConnection;
import org.jspecify.annotations.Nullable;

/**
 * Cancels what runs on a PostgreSQL session. The client's own {@code cancelRequest()} is done when the request has been
 * written (vertx-pg-client 5.0), and the server may get to it when somebody else's statement runs. The server closes the
 * request's connection once it has signalled the session (PostgreSQL manual, "Canceling Requests in Progress"), which is
 * waited for here.
 */
final class PostgresCancel {
    private static final int LENGTH = 16;
    private static final int CANCEL_REQUEST = 80_877_102;

    private PostgresCancel() {}

    /** Completes when the server has acted on it. */
    static Future<?> of(PgConnection connection, @Nullable Vertx vertx) {
        SocketAddress server = PhysicalConnection.server(connection);
        if (connection.isSSL() || server == null || vertx == null) {
            // Only the client knows how to speak TLS to this server: what may still come is kept from others instead.
            return connection.cancelRequest().compose(sent -> Promise.promise().future());
        }
        NetClient client = vertx.createNetClient();
        return client.connect(server)
                .compose(socket -> send(socket, connection.processId(), connection.secretKey()))
                .eventually(client::close);
    }

    private static Future<?> send(NetSocket socket, int processId, int secretKey) {
        Promise<Void> closed = Promise.promise();
        socket.exceptionHandler(reset -> closed.tryComplete());
        socket.closeHandler(end -> closed.tryComplete());
        Buffer request = Buffer.buffer(LENGTH)
                .appendInt(LENGTH)
                .appendInt(CANCEL_REQUEST)
                .appendInt(processId)
                .appendInt(secretKey);
        return socket.write(request).compose(written -> closed.future());
    }
}
