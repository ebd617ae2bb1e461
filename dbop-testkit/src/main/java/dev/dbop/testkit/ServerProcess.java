package dev.dbop.testkit;

import java.util.Optional;

/** A running database server, however it came to run. */
interface ServerProcess extends AutoCloseable {

    String host();

    int port();

    /** A user who may do everything. */
    Credentials admin();

    /** The database that the administrator connects to; empty where a session needs none. */
    String adminDatabase();

    /** The process, where it is ours. */
    default Optional<ProcessHandle> handle() {
        return Optional.empty();
    }

    /** Ends the server at once, as a crash would; the data stay. */
    default void kill() {
        throw notOurs("killed");
    }

    /** Asks the server to end in order, disconnecting its sessions; the data stay. */
    default void stop() {
        throw notOurs("stopped");
    }

    /** Starts the ended server again, on the same port and the same data. */
    default void restart() {
        throw notOurs("restarted");
    }

    /** Starts a server that follows this one, with data of its own. */
    default ServerProcess startStandby() {
        throw notOurs("followed");
    }

    /** Ends the server and deletes its data. */
    @Override
    void close();

    private UnsupportedOperationException notOurs(String verb) {
        return new UnsupportedOperationException("the server on " + host() + ":" + port() + " cannot be " + verb
                + ": only an embedded server from TestServers.start can");
    }
}
