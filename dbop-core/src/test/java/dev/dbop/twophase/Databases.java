package dev.dbop.twophase;

/**
 * The databases of one group in a state search, packed into one int: every branch, its session, the decision row, how
 * late it is, and the calls that were sent, have no answer, and may execute at any later time or never.
 *
 * @param setup the branches, and which of them stay with their sessions
 * @param log true if all branches are prepared, false if branch 0 holds the decision row and is not
 */
record Databases(Setup setup, boolean log) {
    // what becomes of a branch
    static final int WORKING = 0;
    static final int PREPARED = 1;
    static final int COMMITTED = 2;
    static final int ROLLED_BACK = 3;

    // calls: by the coordinator on the session of the branch
    static final int PREPARE = 0;
    static final int COMMIT_DECISION = 0;
    static final int ROLL_BACK = 1;
    static final int OWN_COMMIT = 2;
    static final int OWN_ROLL_BACK = 3;
    // calls: on any session
    static final int COMMIT = 4;
    static final int DELETE_ROW = 4;
    static final int UNDO = 5;
    static final int CALLS = 6;

    static final int NOW = 0;
    static final int LATE = 1;
    static final int QUIET = 2;

    private static final int MOST = 3;
    private static final int DETACHED = 1 << 6;
    private static final int ROW_OPEN = 1 << 9;
    private static final int ROW_DELETED = 1 << 10;
    private static final int TIME = 11;
    private static final int FLYING = 13;
    private static final int ALL_FLYING = ((1 << (CALLS * MOST)) - 1) << FLYING;

    /** The first branch that is prepared. */
    int firstPrepared() {
        return log ? 0 : 1;
    }

    boolean rowCommitted(int db) {
        return !log && branch(db, 0) == COMMITTED && !rowDeleted(db);
    }

    int start(boolean rowInserted) {
        return rowInserted ? ROW_OPEN : 0;
    }

    int branch(int db, int i) {
        return (db >> (2 * i)) & 3;
    }

    private static int withBranch(int db, int i, int branch) {
        return (db & ~(3 << (2 * i))) | (branch << (2 * i));
    }

    boolean finished(int db, int i) {
        return branch(db, i) >= COMMITTED;
    }

    boolean any(int db, int branch) {
        for (int i = 0; i < setup.n(); i++) {
            if (branch(db, i) == branch) {
                return true;
            }
        }
        return false;
    }

    boolean isAttached(int db, int i) {
        return branch(db, i) == PREPARED && (db & (DETACHED << i)) == 0;
    }

    boolean rowOpen(int db) {
        return (db & ROW_OPEN) != 0;
    }

    int openRow(int db) {
        return db | ROW_OPEN;
    }

    boolean rowDeleted(int db) {
        return (db & ROW_DELETED) != 0;
    }

    int time(int db) {
        return (db >> TIME) & 3;
    }

    int later(int db) {
        int next = db + (1 << TIME);
        if (time(next) == QUIET) {
            for (int i = 0; i < setup.n(); i++) {
                for (int call = PREPARE; call <= OWN_ROLL_BACK; call++) {
                    next &= ~bit(call, i);
                }
            }
        }
        return next;
    }

    static int bit(int call, int i) {
        return 1 << (FLYING + call * MOST + i);
    }

    boolean flies(int db, int call, int i) {
        return (db & bit(call, i)) != 0;
    }

    boolean anyFlying(int db) {
        return (db & ALL_FLYING) != 0;
    }

    int allLanded(int db) {
        return db & ~ALL_FLYING;
    }

    /** Whether a call has an effect if it executes now. */
    boolean works(int db, int call, int i) {
        if (!log && i == 0) {
            return call == DELETE_ROW
                    ? branch(db, 0) == COMMITTED && !rowDeleted(db)
                    : branch(db, 0) == WORKING && (call != COMMIT_DECISION || rowOpen(db));
        }
        return switch (call) {
            case PREPARE, ROLL_BACK -> branch(db, i) == WORKING;
            case OWN_COMMIT, OWN_ROLL_BACK -> branch(db, i) == PREPARED && (!setup.attaches(i) || isAttached(db, i));
            default -> branch(db, i) == PREPARED && !isAttached(db, i);
        };
    }

    /** The databases after a call that {@link #works}. */
    int after(int db, int call, int i) {
        if (!log && i == 0 && call == DELETE_ROW) {
            return landed(db, call, i) | ROW_DELETED;
        }
        int next = switch (call) {
            case PREPARE -> !log && i == 0 ? COMMITTED : PREPARED;
            case OWN_COMMIT, COMMIT -> COMMITTED;
            default -> ROLLED_BACK;
        };
        int detached = next == PREPARED && !setup.attaches(i) ? DETACHED << i : 0;
        return clean(withBranch(landed(db, call, i), i, next) | detached);
    }

    private static int landed(int db, int call, int i) {
        return db & ~bit(call, i);
    }

    /** What a trace calls a call that has no answer when it executes after all. */
    String name(int call, int i) {
        if (!log && i == 0) {
            return call == DELETE_ROW ? "late DELETE of the row" : call == ROLL_BACK ? "late ROLLBACK" : "late COMMIT";
        }
        return switch (call) {
            case PREPARE -> "late PREPARE";
            case ROLL_BACK -> "late ROLLBACK";
            case OWN_COMMIT, COMMIT -> "late COMMIT PREPARED";
            default -> "late ROLLBACK PREPARED";
        };
    }

    /** The databases with a call in flight. */
    int sent(int db, int call, int i) {
        return clean(db | bit(call, i));
    }

    /** The session of a branch ends: work that is not prepared is rolled back, a prepared branch belongs to nobody. */
    int killed(int db, int i) {
        return clean(branch(db, i) == WORKING ? withBranch(db, i, ROLLED_BACK) : db | (DETACHED << i));
    }

    boolean canBeKilled(int db, int i) {
        return branch(db, i) == WORKING || isAttached(db, i);
    }

    /** Forgets the calls in flight, and the bits of sessions, that can make no difference any more. */
    private int clean(int db) {
        int next = db;
        for (int i = 0; i < setup.n(); i++) {
            if (finished(db, i)) {
                next &= ~(DETACHED << i);
            }
            for (int call = 0; call < CALLS; call++) {
                if (flies(db, call, i) && !mayWork(db, call, i)) {
                    next = landed(next, call, i);
                }
            }
        }
        return next;
    }

    private boolean mayWork(int db, int call, int i) {
        if (!log && i == 0) {
            return call == DELETE_ROW ? !rowDeleted(db) : branch(db, 0) == WORKING;
        }
        return switch (call) {
            case PREPARE, ROLL_BACK -> branch(db, i) == WORKING;
            case OWN_COMMIT, OWN_ROLL_BACK ->
                !finished(db, i) && (!setup.attaches(i) || branch(db, i) == WORKING || isAttached(db, i));
            default -> !finished(db, i);
        };
    }
}
