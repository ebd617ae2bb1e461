package dev.dbop.vertx;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.sqlclient.Cursor;
import io.vertx.sqlclient.Query;
import io.vertx.sqlclient.RowStream;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** A prepared statement of an operation, a cursor or a stream of its rows. */
final class AttemptStatement extends AttemptProxy {
    private final String sql;

    AttemptStatement(VertxAttempt attempt, Object target, String sql) {
        super(attempt, target);
        this.sql = sql;
    }

    @Override
    @Nullable
    Object answer(Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        if (target instanceof RowStream<?> && method.getName().equals("exceptionHandler")) {
            return listening(proxy, method, arguments);
        }
        if (target instanceof Cursor && method.getName().equals("read")) {
            return attempt.run(sql, () -> started(method, arguments));
        }
        boolean goesOn = method.getName().equals("resume") || method.getName().equals("fetch");
        if (target instanceof RowStream<?> && goesOn && attempt.hasEnded()) {
            return proxy;
        }
        if (method.getName().equals("cursor") || method.getName().equals("createStream")) {
            attempt.checkOpen();
        }
        Object result = call(method, arguments);
        if (result instanceof Query<?> query) {
            return AttemptQuery.of(attempt, query, sql);
        }
        if (result instanceof Cursor) {
            return new AttemptStatement(attempt, result, sql).as(Cursor.class);
        }
        if (result instanceof RowStream<?> stream && !target.equals(result)) {
            attempt.streams(stream);
            return new AttemptStatement(attempt, result, sql).as(RowStream.class);
        }
        return target.equals(result) ? proxy : result;
    }

    private Future<Object> started(Method method, @Nullable Object @Nullable [] arguments) {
        try {
            @SuppressWarnings("unchecked")
            Future<Object> started = (Future<Object>) call(method, arguments);
            return started == null ? Future.failedFuture("nothing was read") : started;
        } catch (Throwable failure) {
            return Future.failedFuture(failure);
        }
    }

    private Object listening(Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        Object theirs = arguments == null ? null : arguments[0];
        Handler<Throwable> heard = failure -> {
            attempt.run(sql, () -> Future.failedFuture(failure));
            if (theirs instanceof Handler<?>) {
                @SuppressWarnings("unchecked")
                Handler<Throwable> handler = (Handler<Throwable>) theirs;
                handler.handle(failure);
            }
        };
        call(method, new Object[] {heard});
        return proxy;
    }
}
