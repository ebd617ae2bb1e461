package dev.dbop.sql;

/** The four isolation levels of the SQL standard, weakest first. What each one gives differs between databases. */
public enum Isolation {
    /** JDBC's level 1. PostgreSQL treats it as READ COMMITTED. */
    READ_UNCOMMITTED(1),
    /** JDBC's level 2: every statement has its own snapshot. */
    READ_COMMITTED(2),
    /** JDBC's level 4: one snapshot for the transaction. */
    REPEATABLE_READ(4),
    /** JDBC's level 8: as if transactions ran one after the other. */
    SERIALIZABLE(8);

    private final int jdbcLevel;
    private final String sql;

    Isolation(int jdbcLevel) {
        this.jdbcLevel = jdbcLevel;
        this.sql = name().replace('_', ' ');
    }

    /**
     * Returns the level as SQL spells it.
     *
     * @return for example {@code READ COMMITTED}, for use after {@code SET TRANSACTION ISOLATION LEVEL}
     */
    public String sql() {
        return sql;
    }

    /**
     * Returns the constant {@code java.sql.Connection} has for this level.
     *
     * @return 1, 2, 4 or 8
     */
    public int jdbcLevel() {
        return jdbcLevel;
    }

    /**
     * Returns the level a {@code java.sql.Connection} constant stands for.
     *
     * @param jdbcLevel 1, 2, 4 or 8
     * @return the level
     * @throws IllegalArgumentException if it is anything else, 0 (TRANSACTION_NONE) included
     */
    public static Isolation ofJdbcLevel(int jdbcLevel) {
        return switch (jdbcLevel) {
            case 1 -> READ_UNCOMMITTED;
            case 2 -> READ_COMMITTED;
            case 4 -> REPEATABLE_READ;
            case 8 -> SERIALIZABLE;
            default ->
                throw new IllegalArgumentException("JDBC isolation level is " + jdbcLevel
                        + ": must be 1, 2, 4 or 8, the TRANSACTION_ constants of java.sql.Connection except NONE");
        };
    }
}
