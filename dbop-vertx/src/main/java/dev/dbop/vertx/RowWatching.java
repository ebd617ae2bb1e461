package dev.dbop.vertx;

import dev.dbop.vertx.RowWatchLooks.Seen;
import dev.dbop.watch.RowWait;
import dev.dbop.watch.RowWait.Step;
import dev.dbop.watch.WatchPlan;
import dev.dbop.watch.WatchedRow;
import io.vertx.core.Closeable;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One wait. All of it happens on its context, so that nothing in it needs a lock. */
final class RowWatching implements Closeable {
    private final ContextInternal context;
    private final RowWait<WatchedRow> wait;
    private final WatchPlan plan;
    private final RowWatchLooks looks;
    private final boolean once;
    private final Promise<WatchedRow> result;
    private final Promise<Void> over;
    private boolean ended;
    private boolean looking;
    private boolean word;
    private @Nullable Long timer;
    private @Nullable Runnable deafen;

    private RowWatching(
            ContextInternal context, RowWait<WatchedRow> wait, WatchPlan plan, RowWatchLooks looks, boolean once) {
        this.context = context;
        this.wait = wait;
        this.plan = plan;
        this.looks = looks;
        this.once = once;
        this.result = context.promise();
        this.over = context.promise();
    }

    /**
     * Begins to wait.
     *
     * @param once whether one look is enough, which then fails as it fails
     * @param end of the wish for a result, or null
     */
    static Future<WatchedRow> start(
            Vertx vertx,
            RowWait<WatchedRow> wait,
            WatchPlan plan,
            RowWatchLooks looks,
            boolean once,
            @Nullable Future<?> end) {
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        RowWatching watching = new RowWatching(context, wait, plan, looks, once);
        watching.here(() -> watching.begin(end));
        return watching.result.future();
    }

    /** Runs something on the wait's context, at once where that is the current one. */
    private void here(Runnable task) {
        if (context.equals(Vertx.currentContext())) {
            task.run();
        } else {
            context.runOnContext(now -> task.run());
        }
    }

    private void begin(@Nullable Future<?> end) {
        context.addCloseHook(this);
        if (end != null) {
            // A future keeps its handlers, and may outlive any number of waits: what is over is let go.
            AtomicReference<@Nullable RowWatching> waiting = new AtomicReference<>(this);
            over.future().onComplete(done -> waiting.set(null));
            end.onComplete(done -> {
                RowWatching still = waiting.get();
                if (still != null) {
                    still.here(() -> still.cancel("what this watch of a row was to last until is over"));
                }
            });
        }
        Function<Runnable, Runnable> ear = looks.ear();
        if (ear != null && !once && !ended) {
            deafen = ear.apply(() -> here(this::heard));
        }
        look();
    }

    /** The verticle is undeployed. */
    @Override
    public void close(Completable<Void> closed) {
        here(() -> cancel("the verticle that watches this row is undeployed"));
        closed.succeed();
    }

    private void cancel(String why) {
        if (!ended) {
            end();
            result.tryFail(new CancellationException(why));
        }
    }

    /** A look under way may have begun before the change, so another one follows it. */
    private void heard() {
        word = true;
        look();
    }

    private void look() {
        if (ended || looking) {
            return;
        }
        Long set = timer;
        timer = null;
        if (set != null) {
            context.owner().cancelTimer(set);
        }
        looking = true;
        word = false;
        looks.look(context.owner(), plan, wait.lookLimit(), over.future()).onComplete(this::looked);
    }

    private void looked(@Nullable Seen seen, @Nullable Throwable failure) {
        looking = false;
        if (ended) {
            return;
        }
        if (failure != null) {
            fail(failure);
        } else if (seen instanceof Seen.Missed missed && once) {
            fail(missed.failure());
        } else {
            try {
                follow(
                        seen instanceof Seen.Missed missed
                                ? wait.missed(missed.failure())
                                : wait.looked(seen == null ? null : ((Seen.Found) seen).row()));
            } catch (Throwable ofTheCondition) {
                // whatever it is: nobody else would complete the future
                fail(ofTheCondition);
            }
        }
    }

    private void follow(Step<WatchedRow> step) {
        if (step instanceof Step.Done<WatchedRow> done) {
            end();
            result.tryComplete(done.found());
        } else if (step instanceof Step.Failed<WatchedRow> failed) {
            fail(failed.failure());
        } else if (word) {
            look();
        } else {
            // timers have milliseconds; what is less is rounded up
            long millis =
                    ((Step.Again<WatchedRow>) step).delay().plusNanos(999_999).toMillis();
            timer = context.owner().setTimer(millis, id -> look());
        }
    }

    private void fail(Throwable failure) {
        end();
        result.tryFail(failure);
    }

    /** Nothing is left behind: no timer, no subscription, no look under way. */
    private void end() {
        ended = true;
        context.removeCloseHook(this);
        Long set = timer;
        if (set != null) {
            context.owner().cancelTimer(set);
        }
        Runnable subscribed = deafen;
        if (subscribed != null) {
            subscribed.run();
        }
        over.tryComplete();
    }
}
