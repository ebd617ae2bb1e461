package dev.dbop.jdbc;

import java.lang.reflect.Method;
import java.sql.CallableStatement;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A statement of the operation. */
final class AttemptStatement extends AttemptProxy {
    private final Statement statement;
    private final @Nullable String prepared;
    /** Null if nothing was held back when the statement was made. */
    private final @Nullable Ride ride;

    private AttemptStatement(JdbcAttempt attempt, Statement statement, @Nullable String prepared, @Nullable Ride ride) {
        super(attempt, statement);
        this.statement = statement;
        this.prepared = prepared;
        this.ride = ride;
    }

    static Statement of(JdbcAttempt attempt, Statement statement, @Nullable String prepared, @Nullable Ride ride) {
        AttemptStatement handler = new AttemptStatement(attempt, statement, prepared, ride);
        if (statement instanceof CallableStatement) {
            return handler.as(CallableStatement.class);
        }
        return statement instanceof PreparedStatement
                ? handler.as(PreparedStatement.class)
                : handler.as(Statement.class);
    }

    @Override
    @Nullable
    Object answer(Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        String name = method.getName();
        Statement target = ride == null ? statement : ride.target(name);
        return switch (name) {
            case "getConnection" -> attempt.resource();
            case "close" -> close(method);
            case "addBatch" -> addBatch(method, arguments);
            case "clearParameters" -> clearParameters(method);
            case "getMetaData", "getParameterMetaData" -> {
                attempt.sendPrologue();
                yield hear(() -> call(method, arguments));
            }
            case "getMoreResults" -> goOn(target, () -> call(target, method, arguments));
            default -> {
                Object result = other(target, name, method, arguments);
                Statement from = ride == null ? statement : ride.target("getResultSet");
                yield AttemptResultSet.guarded(attempt, result, from, (Statement) proxy);
            }
        };
    }

    private @Nullable Object other(
            Statement target, String name, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        if (name.startsWith("execute")) {
            return execute(method, arguments);
        }
        return name.startsWith("set") && ride != null
                ? set(ride, method, arguments)
                : hear(() -> call(target, method, arguments));
    }

    private @Nullable Object addBatch(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        check(arguments);
        if (ride != null) {
            ride.batches();
        }
        return call(method, arguments);
    }

    private @Nullable Object clearParameters(Method method) throws Throwable {
        if (ride != null) {
            ride.clearParameters();
        }
        return hear(() -> call(method, null));
    }

    private @Nullable Object set(Ride with, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        if (attempt.held() == null) {
            return hear(() -> call(method, arguments));
        }
        if (!with.waitsWhileSetting(method, arguments)) {
            attempt.sendPrologue();
        }
        Object result = hear(() -> call(method, arguments));
        with.hasSet(method, arguments);
        return result;
    }

    private @Nullable String check(@Nullable Object @Nullable [] arguments) throws Throwable {
        if (arguments != null && arguments[0] instanceof String sql) {
            attempt.check(sql);
            return sql;
        }
        return prepared;
    }

    private @Nullable Object execute(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        String sql = check(arguments);
        if (ride != null) {
            leaveCarrier(ride);
            Prologue held = attempt.held();
            if (held != null) {
                held.lock();
                try {
                    Statement carrier = carrier(ride, held, method, arguments, sql);
                    if (carrier != null) {
                        return carry(ride, carrier, held, method, sql);
                    }
                    attempt.sendPrologue();
                } finally {
                    held.unlock();
                }
            }
        }
        boolean batch = method.getName().endsWith("Batch");
        return run(statement, batch ? null : sql, () -> call(method, arguments));
    }

    /** The statement to run in this one's place, with the prologue in front; null if this one does not take it along. */
    private @Nullable Statement carrier(
            Ride with, Prologue held, Method method, @Nullable Object @Nullable [] arguments, @Nullable String sql)
            throws Throwable {
        boolean takes = HeldBack.mayCarry(attempt, held)
                && with.takes(method.getName(), arguments, sql, attempt.server.driver.carriers(attempt.raw));
        return takes ? hearStatement(with, held) : null;
    }

    private @Nullable Statement hearStatement(Ride with, Prologue held) throws Throwable {
        Statement carrier = (Statement) hear(() -> with.carrier(held));
        if (carrier != null && !carrier.equals(statement)) {
            attempt.opened(carrier);
        }
        return carrier;
    }

    private @Nullable Object carry(Ride with, Statement carrier, Prologue held, Method method, @Nullable String sql)
            throws Throwable {
        return listen(carrier, sql, () -> {
            boolean rows;
            try {
                rows = with.execute(carrier, sql, held);
            } catch (SQLException failure) {
                HeldBack.failed(attempt, held, failure);
                throw failure;
            }
            return Ride.result(carrier, method.getName(), rows);
        });
    }

    private void leaveCarrier(Ride with) throws Throwable {
        Statement rode = with.leaveCarrier();
        if (rode != null) {
            attempt.closed(rode);
            hear(() -> {
                rode.close();
                return null;
            });
        }
    }

    /** Closing reads what is left of a result, and may so be the first to hear of a failure. */
    private @Nullable Object close(Method method) throws Throwable {
        attempt.closed(statement);
        if (ride != null) {
            leaveCarrier(ride);
        }
        return hear(() -> call(method, null));
    }
}
