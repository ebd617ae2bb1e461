package dev.dbop.hibernate;

import dev.dbop.DbopRunner;
import dev.dbop.Sleeper;
import dev.dbop.Ticker;
import dev.dbop.jdbc.tools.RowWatchLoop;
import dev.dbop.sql.RowWatchSql;
import dev.dbop.watch.RowDeletedException;
import dev.dbop.watch.RowMissingException;
import dev.dbop.watch.RowWait;
import dev.dbop.watch.RowWatchTimeoutException;
import dev.dbop.watch.WatchPace;
import jakarta.persistence.EntityManagerFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;

/**
 * Waits until an entity changes in the database, blocking the calling thread: {@link dev.dbop.jdbc.tools.RowWatch} for
 * whatever the mapping says, inheritance, secondary tables, converters and embedded objects included. Looks every second for a
 * minute unless told otherwise.
 *
 * <p>Every look loads the entity anew, past the second-level cache, in a stateless session of its own and a read-only
 * transaction at READ COMMITTED: what is committed is seen, and nothing else. What it finds is compared by the mapping's own
 * types, to-one associations by their key. Collections, and what is fetched lazily by bytecode enhancement, are not compared.
 * A watch sees states, not events: what changes and changes back between two looks was never there for it. An entity with a
 * version has none such, as long as everybody who changes it counts.
 *
 * <p>The entities that are returned are detached, each from a look of its own; what is lazy in them was not loaded.
 *
 * <p>How looks fail, and how an interrupt ends the wait, is told at {@link dev.dbop.jdbc.tools.RowWatch}. Immutable and
 * thread-safe: every setter returns a changed copy.
 *
 * @param <T> the entity
 */
public final class HibernateRowWatch<T> {
    private final EntityLook<T> look;
    private final WatchPace pace;
    private final RowWatchLoop loop;

    private HibernateRowWatch(EntityLook<T> look, WatchPace pace, RowWatchLoop loop) {
        this.look = look;
        this.pace = pace;
        this.loop = loop;
    }

    /**
     * Returns a watch of an entity.
     *
     * @param <T> the entity
     * @param factory a {@code SessionFactory}, or a JPA one of Hibernate's; gives session and connection for each look
     * @param entity its class, or a superclass that is an entity
     * @param id its identifier, as {@code find} takes it
     * @return the watch
     * @throws IllegalArgumentException if the class is no entity
     * @throws IllegalStateException if the factory leaves transactions to JTA
     */
    public static <T> HibernateRowWatch<T> of(EntityManagerFactory factory, Class<T> entity, Object id) {
        // Refuses what leaves transactions to somebody else.
        HibernateScope.stateless(factory);
        SessionFactoryImplementor own = factory.unwrap(SessionFactoryImplementor.class);
        return new HibernateRowWatch<>(
                EntityLook.of(own, entity, id), WatchPace.defaults(), RowWatchLoop.over(FactoryConnections.of(own)));
    }

    /**
     * Watches these attributes only; without it all count that can be compared.
     *
     * @param names of the entity class or any of its subclasses, such as its version's
     * @return a changed copy
     * @throws IllegalArgumentException if there is none, or one is no attribute that can be compared: unknown, a collection, or
     *     fetched lazily
     */
    public HibernateRowWatch<T> attributes(String... names) {
        return new HibernateRowWatch<>(look.only(names), pace, loop);
    }

    /**
     * Sets the time between two looks; with {@link #notifiedBy}, the longest time between two looks.
     *
     * @param interval greater than zero; a second unless set
     * @return a changed copy
     * @throws IllegalArgumentException if zero or negative
     */
    public HibernateRowWatch<T> every(Duration interval) {
        return new HibernateRowWatch<>(look, pace.every(interval), loop);
    }

    /**
     * Sets how long a wait may take.
     *
     * @param timeout greater than zero and not shorter than the interval; a minute unless set
     * @return a changed copy
     * @throws IllegalArgumentException if zero or negative
     */
    public HibernateRowWatch<T> within(Duration timeout) {
        return new HibernateRowWatch<>(look, pace.within(timeout), loop);
    }

    /**
     * Listens to a channel of PostgreSQL besides, as {@link dev.dbop.jdbc.tools.RowWatch#notifiedBy}. {@link
     * RowWatchSql#notifyTrigger} gives the trigger that sends word of changes, to be made for each table of the entity.
     *
     * @param channel its name; case counts
     * @return a changed copy; a wait on a database that is not of PostgreSQL's family throws {@link IllegalStateException}
     * @throws IllegalArgumentException if the name is empty, contains NUL or has more than 63 bytes
     */
    public HibernateRowWatch<T> notifiedBy(String channel) {
        return new HibernateRowWatch<>(look, pace, loop.notifiedBy(channel));
    }

    /**
     * Replaces the runner of the looks, as {@link dev.dbop.jdbc.tools.RowWatch#runner}.
     *
     * @param runner the runner
     * @return a changed copy
     */
    public HibernateRowWatch<T> runner(DbopRunner runner) {
        return new HibernateRowWatch<>(look, pace, loop.by(Objects.requireNonNull(runner, "runner")));
    }

    /**
     * Replaces the source of elapsed time of the watch and its looks.
     *
     * @param ticker tells the time
     * @return a changed copy
     */
    public HibernateRowWatch<T> ticker(Ticker ticker) {
        return new HibernateRowWatch<>(look, pace, loop.timedBy(Objects.requireNonNull(ticker, "ticker")));
    }

    /**
     * Replaces what waits between looks. A watch that listens waits for word instead.
     *
     * @param sleeper waits
     * @return a changed copy
     */
    public HibernateRowWatch<T> sleeper(Sleeper sleeper) {
        return new HibernateRowWatch<>(look, pace, loop.asleepBy(Objects.requireNonNull(sleeper, "sleeper")));
    }

    /**
     * Looks at the entity once: what to decide on, and then to wait from with {@link #awaitChangeFrom}.
     *
     * @return the entity as last committed, detached
     * @throws RowMissingException if it is not there
     * @throws jakarta.persistence.PersistenceException if it cannot be loaded within the time of the watch
     */
    public T snapshot() {
        T found;
        try {
            found = loop.lookOnce(look::at, pace);
        } catch (SQLException failure) {
            throw look.converted(failure);
        }
        if (change(null).looked(found) instanceof RowWait.Step.Failed<T> missing) {
            throw missing.failure();
        }
        return Objects.requireNonNull(found, "found");
    }

    /**
     * Waits until the entity differs from what it is now. What changed before the call is not noticed; use {@link #snapshot}
     * and {@link #awaitChangeFrom} where a decision was made on what was read.
     *
     * @return the entity as the change has left it, detached
     * @throws InterruptedException if the thread is interrupted; its flag is clear then
     * @throws RowMissingException if it is not there when the wait begins
     * @throws RowDeletedException if it is deleted meanwhile
     * @throws RowWatchTimeoutException if it has not changed when the time of the watch is up
     * @throws IllegalArgumentException if the interval is longer than the whole wait
     * @throws jakarta.persistence.PersistenceException if it cannot be loaded, for a reason that does not pass
     */
    public T awaitChange() throws InterruptedException {
        return run(change(null));
    }

    /**
     * Waits until the entity differs from what the caller has seen, which it may do already.
     *
     * @param seen from {@link #snapshot}, an earlier wait, or loaded by the caller; changed by nobody since
     * @return the entity as the change has left it, detached
     * @throws InterruptedException if the thread is interrupted; its flag is clear then
     * @throws RowDeletedException if it is not there any more
     * @throws RowWatchTimeoutException if it has not changed when the time of the watch is up
     * @throws IllegalArgumentException if the interval is longer than the whole wait
     * @throws jakarta.persistence.PersistenceException if it cannot be loaded, for a reason that does not pass
     */
    public T awaitChangeFrom(T seen) throws InterruptedException {
        return run(change(look.unproxied(Objects.requireNonNull(seen, "seen"))));
    }

    /**
     * Waits until a condition holds for the entity, as it may already.
     *
     * @param condition asked after each look, on the calling thread, of a detached entity
     * @return the entity for which it holds, detached
     * @throws InterruptedException if the thread is interrupted; its flag is clear then
     * @throws RowMissingException if it is not there when the wait begins
     * @throws RowDeletedException if it is deleted meanwhile
     * @throws RowWatchTimeoutException if the condition has not come to hold when the time of the watch is up
     * @throws IllegalArgumentException if the interval is longer than the whole wait
     * @throws jakarta.persistence.PersistenceException if it cannot be loaded, for a reason that does not pass
     */
    public T await(Predicate<? super T> condition) throws InterruptedException {
        return run(RowWait.forCondition(look.toString(), pace, loop.ticker(), condition));
    }

    private RowWait<T> change(@Nullable T seen) {
        return RowWait.forChange(look.toString(), pace, loop.ticker(), look::same, seen);
    }

    private T run(RowWait<T> wait) throws InterruptedException {
        try {
            return loop.run(wait, look::at);
        } catch (SQLException failure) {
            throw look.converted(failure);
        }
    }

    /** Entity, identifier and pace. */
    @Override
    public String toString() {
        return "HibernateRowWatch[" + look + ", every " + pace.every() + ", within " + pace.within() + "]";
    }
}
