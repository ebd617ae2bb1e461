package dev.dbop.connect;

/** What a server says of itself when asked by {@link dev.dbop.sql.RoleSql#query}. */
public enum ServerRole {
    /** It follows no other server, and its sessions may write. */
    PRIMARY("primary"),
    /** It follows no other server, but transactions are read-only unless they ask otherwise. PostgreSQL only. */
    READ_ONLY_PRIMARY("read-only primary"),
    /** It follows another server; on MySQL and MariaDB, which do not tell: it is read-only. */
    STANDBY("standby");

    private final String text;

    ServerRole(String text) {
        this.text = text;
    }

    /**
     * Reads the answer to {@link dev.dbop.sql.RoleSql#query}.
     *
     * @param text the one value of the one row
     * @return the role
     * @throws IllegalArgumentException if it is no such answer
     */
    public static ServerRole of(String text) {
        for (ServerRole role : values()) {
            if (role.text.equals(text)) {
                return role;
            }
        }
        throw new IllegalArgumentException(
                "role is '" + text + "': must be primary, read-only primary or standby; ask with RoleSql.query");
    }

    /**
     * Says whether a session of this server is what was asked for.
     *
     * @param target what is asked for
     * @return whether it fits; {@link TargetSession#PREFER_STANDBY} fits a standby alone, though others will do in the end
     */
    public boolean fits(TargetSession target) {
        return switch (target) {
            case ANY -> true;
            case READ_WRITE -> this == PRIMARY;
            case READ_ONLY -> this != PRIMARY;
            case PRIMARY -> this != STANDBY;
            case STANDBY, PREFER_STANDBY -> this == STANDBY;
        };
    }

    /**
     * Names the role as the query and messages do.
     *
     * @return for example {@code standby}
     */
    public String text() {
        return text;
    }
}
