package dev.dbop.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands between clients and a server on TCP, to count round trips and to break connections at a chosen point.
 *
 * <p>A fault is planned with a predicate on what the client sends and happens once, on the first connection whose bytes
 * match; plan it again for a second time. The predicate sees the bytes that the client has sent since the server last
 * answered, so it finds an SQL text as long as TLS is off (as in {@link TestDatabase#url(int)}). What arrives with the
 * matching text in one read is forwarded, held or dropped with it. A statement that a client has prepared on the server
 * travels by name, without its text; PostgreSQL's driver does so with its own COMMIT from the second one on (measured on
 * 42.7.14), which is why {@link TestDatabase#url(int)} sets {@code prepareThreshold=0}.
 *
 * <p>A connection is cut by a TCP reset, as when a machine or a network dies.
 *
 * <p>Thread-safe. The proxy runs in daemon threads; closing it cuts what is open.
 */
public final class FaultProxy implements AutoCloseable {
    private static final Pattern COMMIT = Pattern.compile("(?<!auto)commit", Pattern.CASE_INSENSITIVE);

    private static final Duration END_LIMIT = Duration.ofSeconds(5);

    private final int port;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final List<PlannedFault> planned = new CopyOnWriteArrayList<>();
    private final List<PlannedFault> begun = new CopyOnWriteArrayList<>();
    private final AtomicInteger roundTrips = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile InetSocketAddress target;
    private volatile long delayNanos;
    private volatile boolean mute;
    private @Nullable Acceptor acceptor;
    /** Keeps the port while nothing listens on it: the system would give it to another program. */
    private @Nullable Socket reserved;

    private FaultProxy(InetSocketAddress target) {
        this.target = target;
        ServerSocket listener = listen(0);
        this.port = listener.getLocalPort();
        this.acceptor = new Acceptor(listener, accept(listener));
    }

    /**
     * Starts a proxy before a server.
     *
     * @param host where the server listens
     * @param port where the server listens
     * @return the proxy, forwarding everything
     */
    public static FaultProxy to(String host, int port) {
        return new FaultProxy(InetSocketAddress.createUnresolved(host, port));
    }

    /**
     * Starts a proxy before the server of a database.
     *
     * @param database the database; not SQLite
     * @return the proxy, forwarding everything
     * @throws UnsupportedOperationException on SQLite
     */
    public static FaultProxy to(TestDatabase database) {
        return to(database.server().host(), database.server().port());
    }

    /**
     * Returns a predicate for bytes that contain a text, upper and lower case alike.
     *
     * @param text an ASCII text, such as {@code commit}
     * @return the predicate
     */
    public static Predicate<byte[]> containing(String text) {
        String wanted = text.toLowerCase(Locale.ROOT);
        return bytes -> new String(bytes, StandardCharsets.ISO_8859_1)
                .toLowerCase(Locale.ROOT)
                .contains(wanted);
    }

    /**
     * Returns a predicate for bytes that contain a COMMIT, upper and lower case alike, XA's and of a prepared transaction too;
     * but not for {@code autocommit}, which a pool sets on a connection it makes in the background.
     *
     * @return the predicate
     */
    public static Predicate<byte[]> commit() {
        return bytes ->
                COMMIT.matcher(new String(bytes, StandardCharsets.ISO_8859_1)).find();
    }

    /**
     * Returns where the proxy listens, on the loopback address.
     *
     * @return the port
     */
    public int port() {
        return port;
    }

    /**
     * Returns the round trips of all connections since the start or the last reset of the counter. One is counted when
     * a client sends bytes and the server has sent some since that client last did, or the connection is new: what a
     * client sends on without waiting belongs to the same round trip. A connect therefore counts too. For a client that
     * pipelines, set a small {@link #delay}: without one the server may answer the first message before the second has
     * arrived.
     *
     * @return the number of request/response turns
     */
    public int roundTrips() {
        return roundTrips.get();
    }

    /** Sets the counter of round trips to 0. */
    public void resetRoundTrips() {
        roundTrips.set(0);
    }

    /**
     * Returns the connections that clients have opened since the start.
     *
     * @return the number of accepted connections
     */
    public int connections() {
        return connections.get();
    }

    /**
     * Delays everything in both directions from now on, so that a round trip takes at least twice as long.
     *
     * @param each the delay of one direction; zero for none
     */
    public void delay(Duration each) {
        delayNanos = each.toNanos();
    }

    /**
     * Plans nothing but to notice a message.
     *
     * @param message what the client sends
     * @return the handle whose {@link PlannedFault#await} returns once the message has come
     */
    public PlannedFault watch(Predicate<byte[]> message) {
        return plan(PlannedFault.Kind.WATCH, message);
    }

    /**
     * Plans to cut the connection in place of forwarding a message: the server never sees it.
     *
     * @param message what the client sends
     * @return the handle whose {@link PlannedFault#await} returns once the connection is cut
     */
    public PlannedFault cutBeforeForwarding(Predicate<byte[]> message) {
        return plan(PlannedFault.Kind.CUT_BEFORE, message);
    }

    /**
     * Plans to forward a message, to swallow the server's answer and to cut the connection: the server has done it, the
     * client does not know.
     *
     * @param message what the client sends
     * @return the handle whose {@link PlannedFault#await} returns once the connection is cut
     */
    public PlannedFault cutAfterForwarding(Predicate<byte[]> message) {
        return plan(PlannedFault.Kind.CUT_AFTER, message);
    }

    /**
     * Plans to forward a message and to cut the connection at once, without waiting for an answer: the server works on
     * for a client that is gone.
     *
     * @param message what the client sends
     * @return the handle whose {@link PlannedFault#await} returns once the connection is cut
     */
    public PlannedFault orphan(Predicate<byte[]> message) {
        return plan(PlannedFault.Kind.ORPHAN, message);
    }

    /**
     * Plans to hold a message back until it is released.
     *
     * @param message what the client sends
     * @return the handle whose {@link PlannedFault#await} returns once the message is held, and {@link PlannedFault#release} lets go
     */
    public PlannedFault holdBack(Predicate<byte[]> message) {
        return plan(PlannedFault.Kind.HOLD_BACK, message);
    }

    /**
     * Plans to forward a message and to hold the server's answer back until it is released.
     *
     * @param message what the client sends
     * @return the handle whose {@link PlannedFault#await} returns once the answer is held, and {@link PlannedFault#release} lets go
     */
    public PlannedFault holdAnswer(Predicate<byte[]> message) {
        return plan(PlannedFault.Kind.HOLD_ANSWER, message);
    }

    /**
     * Leads new connections to another server from now on, as a name does that has been given to it; the open ones stay
     * where they are.
     *
     * @param host where that server listens
     * @param port where that server listens
     */
    public void moveTo(String host, int port) {
        target = InetSocketAddress.createUnresolved(host, port);
    }

    /**
     * Swallows everything in both directions from now on; new connections are accepted and stay mute. What the client
     * sends is still {@linkplain #watch noticed}.
     */
    public void blackHole() {
        mute = true;
    }

    /** Resets every open connection now; new ones are accepted. */
    public void cutAll() {
        links.forEach(Link::cut);
    }

    /** Refuses new connections from now on, as a server that is down does; the open ones stay. */
    public void refuseNewConnections() {
        lock.lock();
        try {
            if (endAcceptor()) {
                reserved = reserve(port);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean endAcceptor() {
        Acceptor ending = acceptor;
        if (ending != null) {
            ending.end();
            acceptor = null;
        }
        return ending != null;
    }

    /**
     * Ends every trouble: faults that have not happened are forgotten, what is held is released, nothing is delayed,
     * swallowed or refused. A connection that a black hole has swallowed bytes of is cut.
     */
    public void heal() {
        planned.clear();
        begun.forEach(PlannedFault::release);
        delayNanos = 0;
        if (mute) {
            cutAll();
            mute = false;
        }
        lock.lock();
        try {
            if (acceptor == null) {
                giveUpReserved();
                ServerSocket listener = listen(port);
                acceptor = new Acceptor(listener, accept(listener));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Cuts every connection and refuses new ones. */
    @Override
    public void close() {
        lock.lock();
        try {
            endAcceptor();
            giveUpReserved();
        } finally {
            lock.unlock();
        }
        planned.clear();
        begun.forEach(PlannedFault::release);
        cutAll();
    }

    /** Counts a turn that a client has begun. */
    void turnBegun() {
        roundTrips.incrementAndGet();
    }

    boolean isMute() {
        return mute;
    }

    /** Lets the delay of one direction pass. */
    void pause() {
        long end = System.nanoTime() + delayNanos;
        long left = delayNanos;
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = end - System.nanoTime();
        }
    }

    /** Tells every watcher, and returns the first fault that the bytes match, which then is no longer planned. */
    @Nullable
    PlannedFault match(byte[] bytes) {
        PlannedFault found = null;
        for (PlannedFault fault : List.copyOf(planned)) {
            boolean watches = fault.kind() == PlannedFault.Kind.WATCH;
            // what cannot be removed, another connection has taken meanwhile
            if ((watches || found == null) && fault.matches(bytes) && planned.remove(fault)) {
                begun.add(fault);
                if (watches) {
                    fault.happen();
                } else {
                    found = fault;
                }
            }
        }
        return found;
    }

    void ended(Link link) {
        links.remove(link);
    }

    private PlannedFault plan(PlannedFault.Kind kind, Predicate<byte[]> message) {
        PlannedFault fault = new PlannedFault(kind, message);
        planned.add(fault);
        return fault;
    }

    private static ServerSocket listen(int port) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException("proxy cannot listen on port " + port, e);
        }
    }

    private static Socket reserve(int port) {
        try {
            Socket socket = new Socket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException("proxy cannot keep port " + port, e);
        }
    }

    private void giveUpReserved() {
        Socket kept = reserved;
        reserved = null;
        try {
            if (kept != null) {
                kept.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("port " + port + " could not be given up", e);
        }
    }

    private Thread accept(ServerSocket listener) {
        return Link.daemon("dbop-proxy-" + listener.getLocalPort(), () -> {
            while (!listener.isClosed()) {
                open(listener.accept());
            }
        });
    }

    private void open(Socket client) throws IOException {
        connections.incrementAndGet();
        Link link = new Link(this, client);
        links.add(link);
        link.start(target.getHostString(), target.getPort());
    }

    /**
     * The listening socket and the thread that waits for connections to it.
     *
     * @param listener the socket
     * @param thread the thread
     */
    private record Acceptor(ServerSocket listener, Thread thread) {

        /** The system goes on listening until the accepting thread has come back, so that is waited for. */
        void end() {
            try {
                listener.close();
                thread.join(END_LIMIT.toMillis());
            } catch (IOException e) {
                throw new UncheckedIOException("port " + listener.getLocalPort() + " could not be closed", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
