package dev.dbop.vertx;

import io.vertx.core.Promise;
import io.vertx.core.net.SocketAddress;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.internal.Connection;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What lies below a connection of the clients. Their API gives a pooled connection back and nothing else; one that is not
 * to be given to anybody has to be closed underneath the pool, which then takes it out.
 */
final class PhysicalConnection {
    private static final Logger LOG = LoggerFactory.getLogger(VertxScope.class);

    private PhysicalConnection() {}

    private static @Nullable Connection below(SqlConnection connection) {
        return connection instanceof SqlConnectionInternal known
                ? known.unwrap().unwrap()
                : null;
    }

    static boolean isConnected(SqlConnection connection) {
        Connection below = below(connection);
        return below == null || below.isValid();
    }

    /** Where the server is, or null if the client does not tell. */
    static @Nullable SocketAddress server(SqlConnection connection) {
        Connection below = below(connection);
        return below == null ? null : below.server();
    }

    /** Closes the connection in an orderly way, behind what it still has to do. */
    static void close(SqlConnection connection) {
        if (connection instanceof SqlConnectionInternal known && known instanceof Connection.Holder holder) {
            known.unwrap().unwrap().close(holder, Promise.promise());
        } else {
            connection.close();
        }
    }

    /** Closes the connection whatever it does. */
    static void cut(SqlConnection connection) {
        Connection below = below(connection);
        if (below != null && !closedSocket(below)) {
            close(connection);
        }
    }

    /** The socket is in no exported package; on the module path an orderly close has to do. */
    private static boolean closedSocket(Connection below) {
        try {
            Object socket = below.getClass().getMethod("socket").invoke(below);
            if (socket instanceof io.vertx.core.net.NetSocket open) {
                open.close();
                return true;
            }
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException hidden) {
            LOG.debug("a connection's socket cannot be reached", hidden);
        }
        return false;
    }
}
