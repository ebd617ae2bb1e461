package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.sql.Fault;
import dev.dbop.sql.FaultKind;
import dev.dbop.sql.ServerError;
import java.lang.invoke.MethodHandle;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the failure that counts in what a client threw: the first one with a code, through causes, then {@code
 * getNextException}; one that only follows from an earlier failure (a failed transaction, a savepoint that is gone)
 * never masks it. Suppressed failures count only where nothing else says anything.
 */
final class JdbcFaults {
    /** Bounds the walk over what may be a cycle, or a batch with a thousand failures. */
    private static final int MOST = 64;

    private static final ClassValue<DriverMethods.Chain> ROUTINE = chain("getServerErrorMessage.getRoutine");
    private static final ClassValue<DriverMethods.Chain> RESULT_CODE = chain("getResultCode");
    private static final ClassValue<@Nullable MethodHandle> CODE_OF = new CodeOf();

    private JdbcFaults() {}

    /**
     * What was found.
     *
     * @param exception the exception that counts
     * @param fault its row, or null if the database says something no row knows
     */
    record Found(SQLException exception, @Nullable Fault fault) {}

    static @Nullable Found find(Database database, Throwable failure) {
        Found aftermath = null;
        SQLException silent = null;
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> open = new ArrayDeque<>();
        open.push(failure);
        while (!open.isEmpty() && seen.size() < MOST) {
            Throwable at = open.pop();
            if (!seen.add(at)) {
                continue;
            }
            if (at instanceof SQLException exception && !(at instanceof LostTransaction)) {
                ServerError error = errorOf(database, exception);
                Fault fault = database.faults().find(error);
                boolean follows = fault != null && fault.kind() == FaultKind.AFTERMATH;
                if (!follows && (fault != null || saysSomething(error))) {
                    return new Found(exception, fault);
                }
                if (follows && aftermath == null) {
                    aftermath = new Found(exception, fault);
                } else if (!follows && silent == null) {
                    silent = exception;
                }
                push(open, exception.getNextException());
            }
            push(open, at.getCause());
            if (open.isEmpty() && aftermath == null && silent != null) {
                pushSuppressed(open, silent);
                silent = null;
            }
        }
        return aftermath;
    }

    private static void push(Deque<Throwable> open, @Nullable Throwable next) {
        if (next != null) {
            open.push(next);
        }
    }

    private static void pushSuppressed(Deque<Throwable> open, Throwable failure) {
        Throwable[] suppressed = failure.getSuppressed();
        for (int i = suppressed.length - 1; i >= 0; i--) {
            open.push(suppressed[i]);
        }
    }

    private static boolean saysSomething(ServerError error) {
        return error.vendorCode() > 0
                || (error.sqlState() != null && !error.sqlState().isEmpty());
    }

    static ServerError errorOf(Database database, SQLException exception) {
        String routine = null;
        int code = exception.getErrorCode();
        if (database.family() == Database.Family.POSTGRESQL) {
            routine = ROUTINE.get(exception.getClass()).call(exception) instanceof String name ? name : null;
        } else if (database == Database.SQLITE) {
            code = extendedCode(exception, code);
        }
        return new ServerError(exception.getSQLState(), code, exception.getMessage(), routine);
    }

    /** sqlite-jdbc gives the primary code; its own method knows the extended one, as an enum with a field. */
    private static int extendedCode(SQLException exception, int primary) {
        Object result = RESULT_CODE.get(exception.getClass()).call(exception);
        MethodHandle codeOf = result == null ? null : CODE_OF.get(result.getClass());
        return codeOf != null && DriverMethods.Chain.invoke(codeOf, result) instanceof Integer code ? code : primary;
    }

    private static ClassValue<DriverMethods.Chain> chain(String path) {
        return new ClassValue<>() {
            @Override
            protected DriverMethods.Chain computeValue(Class<?> type) {
                return DriverMethods.Chain.of(type, path);
            }
        };
    }

    private static final class CodeOf extends ClassValue<@Nullable MethodHandle> {
        @Override
        protected @Nullable MethodHandle computeValue(Class<?> type) {
            return DriverMethods.Chain.field(type, "code");
        }
    }
}
