package dev.dbop.sql;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one database's errors. Immutable, one instance per database, for any thread.
 *
 * <p>An error is looked up by its vendor code first, since drivers of MySQL and MariaDB disagree on SQLSTATEs (one
 * reports a lock timeout as 40001 although the transaction lives), then by its SQLSTATE, then by the SQLSTATE's class.
 * For SQLite the extended result code is followed by the primary one. At each step a row that also asks for a SQLSTATE,
 * a routine or a part of the message goes before one that does not.
 */
public final class FaultTable {
    private static final Comparator<Fault> MOST_SPECIFIC_FIRST =
            Comparator.comparingInt(Fault::qualifiers).reversed();
    /** Above any vendor code and below any packed SQLSTATE, so that the three kinds of key never meet. */
    private static final long STATE = 1L << 40;

    private static final long STATE_CLASS = 1L << 41;

    private final Database database;
    private final List<Fault> faults;
    private final long[] keys;
    private final Fault[][] rows;

    FaultTable(Database database, List<Fault> faults) {
        this.database = database;
        this.faults = List.copyOf(faults);
        Map<Long, Fault[]> byKey = new TreeMap<>();
        for (Fault fault : this.faults) {
            byKey.merge(key(fault), new Fault[] {fault}, FaultTable::concat);
        }
        this.keys = byKey.keySet().stream().mapToLong(Long::longValue).toArray();
        this.rows = byKey.values().toArray(new Fault[0][]);
        for (Fault[] sameKey : rows) {
            Arrays.sort(sameKey, MOST_SPECIFIC_FIRST);
        }
    }

    /**
     * Returns the table of a database.
     *
     * @param database whose errors
     * @return the table, always the same instance
     */
    public static FaultTable of(Database database) {
        return Objects.requireNonNull(Tables.BY_DATABASE.get(database), "database");
    }

    /**
     * Returns the database the table is about.
     *
     * @return the database
     */
    public Database database() {
        return database;
    }

    /**
     * Returns all rows, in an order meant for readers.
     *
     * @return an unmodifiable list
     */
    public List<Fault> faults() {
        return faults;
    }

    /**
     * Looks an error up. Allocates nothing, and reads a message only where a row of the same code asks for one.
     *
     * @param error what the client's exception said
     * @return the row that fits best, or null if the error is unknown or carries no code at all
     */
    public @Nullable Fault find(ServerError error) {
        int code = error.vendorCode();
        if (code > 0) {
            Fault fault = match(code, error);
            if (fault == null && database == Database.SQLITE) {
                fault = match(code & 0xff, error);
            }
            if (fault != null) {
                return fault;
            }
        }
        String state = error.sqlState();
        if (state == null || state.length() != 5) {
            return null;
        }
        Fault fault = match(stateKey(state, 5), error);
        return fault != null ? fault : match(stateKey(state, 2), error);
    }

    private @Nullable Fault match(long key, ServerError error) {
        int index = Arrays.binarySearch(keys, key);
        if (index >= 0) {
            for (Fault fault : rows[index]) {
                if (fault.fits(error)) {
                    return fault;
                }
            }
        }
        return null;
    }

    private static long key(Fault fault) {
        String state = fault.sqlState();
        return fault.vendorCode() != 0 || state == null ? fault.vendorCode() : stateKey(state, state.length());
    }

    private static long stateKey(String state, int length) {
        long key = 0;
        for (int i = 0; i < length; i++) {
            key = (key << 7) | (state.charAt(i) & 0x7f);
        }
        return key | (length == 2 ? STATE_CLASS : STATE);
    }

    private static Fault[] concat(Fault[] some, Fault[] more) {
        Fault[] all = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }

    /** Built on first use, all at once. */
    private static final class Tables {
        static final Map<Database, FaultTable> BY_DATABASE = new EnumMap<>(Database.class);

        static {
            for (Database database : Database.values()) {
                BY_DATABASE.put(database, new FaultTable(database, rows(database)));
            }
        }

        private static List<Fault> rows(Database database) {
            return switch (database) {
                case POSTGRESQL -> PostgresFaults.rows();
                case COCKROACHDB -> Row.override(PostgresFaults.rows(), DistributedPostgresFaults.cockroach());
                case YUGABYTEDB -> Row.override(PostgresFaults.rows(), DistributedPostgresFaults.yugabyte());
                case MYSQL -> mySql();
                case MARIADB -> Row.join(InnoDbFaults.rows(), MariaDbFaults.rows());
                case TIDB -> Row.override(mySql(), TiDbFaults.rows());
                case SQLITE -> SqliteFaults.rows();
            };
        }

        private static List<Fault> mySql() {
            return Row.join(InnoDbFaults.rows(), MySqlFaults.rows());
        }
    }
}
