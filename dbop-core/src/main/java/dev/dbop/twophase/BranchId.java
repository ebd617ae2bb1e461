package dev.dbop.twophase;

import dev.dbop.twophase.GroupId.LogLess;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names one branch of a group on its server: {@code prefix:store:base:n:i} with n branches and index i, such as {@code
 * dbop:4f0c2a9be1d37856:90ab12cd34ef5678:3:1}. A group without a decision row adds {@code :quietAfter:} and the short
 * ids of its participants, 8 hex digits each.
 *
 * <p>The text is a PostgreSQL transaction identifier (up to 85 of the 199 bytes one may have; PostgreSQL manual, PREPARE
 * TRANSACTION). As an XA id it is split behind the base into a global id and a branch qualifier of up to 64 bytes each
 * (MySQL manual, XA Transaction SQL Statements), with {@link #FORMAT_ID}.
 *
 * @param group the group the branch is of
 * @param index from 0, less than the group's number of branches
 */
public record BranchId(GroupId group, int index) {
    /** The format id of every XA id of dbop. */
    public static final int FORMAT_ID = 1;

    private static final Pattern WITH_ROW =
            Pattern.compile("([a-z]{1,8}):([0-9a-f]{16}):([0-9a-f]{16}):([1-9][0-9]?):(0|[1-9][0-9]?)");
    private static final Pattern LOG_LESS = Pattern.compile("([a-z]{1,8}):" + GroupId.NO_STORE
            + ":([0-9a-f]{16}):([1-6]):([0-5]):([1-9][0-9]{0,9}):((?:[0-9a-f]{8}){1,6})");

    /**
     * Checks the index.
     *
     * @param group see above
     * @param index see above
     * @throws IllegalArgumentException if the group has no such branch
     */
    public BranchId {
        if (index < 0 || index >= group.branches()) {
            throw new IllegalArgumentException("index is " + index + ": must be 0 to " + (group.branches() - 1)
                    + " in a group of " + group.branches());
        }
    }

    /**
     * Reads a name a server lists. Strict: a name that {@link #toString} would not write exactly so is somebody else's
     * and must not be touched.
     *
     * @param text a transaction identifier of PostgreSQL
     * @return the branch, or null if the name is not one of ours
     */
    public static @Nullable BranchId parse(String text) {
        Matcher withRow = WITH_ROW.matcher(text);
        if (withRow.matches()) {
            return withRow(
                    withRow.group(1),
                    withRow.group(2),
                    withRow.group(3),
                    Integer.parseInt(withRow.group(4)),
                    Integer.parseInt(withRow.group(5)));
        }
        Matcher logLess = LOG_LESS.matcher(text);
        if (logLess.matches()) {
            return logLess(
                    logLess.group(1),
                    logLess.group(2),
                    Integer.parseInt(logLess.group(3)),
                    Integer.parseInt(logLess.group(4)),
                    new LogLess(Long.parseLong(logLess.group(5)), shortIds(logLess.group(6))));
        }
        return null;
    }

    /**
     * Reads an XA id a server lists; its format id must be {@link #FORMAT_ID}, which is for the caller to check. Strict
     * like {@link #parse(String)}.
     *
     * @param gtrid the global id
     * @param bqual the branch qualifier
     * @return the branch, or null if the id is not one of ours
     */
    public static @Nullable BranchId parse(String gtrid, String bqual) {
        BranchId branch = parse(gtrid + ":" + bqual);
        return branch != null && branch.gtrid().equals(gtrid) ? branch : null;
    }

    private static @Nullable BranchId withRow(String prefix, String store, String base, int branches, int index) {
        boolean ours =
                GroupId.isKey(store) && GroupId.isKey(base) && branches <= GroupId.MOST_BRANCHES && index < branches;
        return ours ? new BranchId(new GroupId(prefix, store, base, branches, null), index) : null;
    }

    private static @Nullable BranchId logLess(String prefix, String base, int branches, int index, LogLess logLess) {
        boolean ours = GroupId.isKey(base)
                && index < branches
                && logLess.participants().size() == branches;
        return ours ? new BranchId(new GroupId(prefix, GroupId.NO_STORE, base, branches, logLess), index) : null;
    }

    private static List<String> shortIds(String digits) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < digits.length(); i += LogLess.SHORT_ID_DIGITS) {
            ids.add(digits.substring(i, i + LogLess.SHORT_ID_DIGITS));
        }
        return ids;
    }

    /**
     * Returns the global part of the XA id, common to all branches of the group.
     *
     * @return {@code prefix:store:base}, up to 42 ASCII characters
     */
    public String gtrid() {
        return group.toString();
    }

    /**
     * Returns the branch qualifier of the XA id.
     *
     * @return {@code n:i}, in a group without a decision row with more behind it; up to 63 ASCII characters
     */
    public String bqual() {
        LogLess logLess = group.logLess();
        String position = group.branches() + ":" + index;
        return logLess == null
                ? position
                : position + ":" + logLess.quietAfter() + ":" + String.join("", logLess.participants());
    }

    /**
     * Returns the name as one text: a PostgreSQL transaction identifier.
     *
     * @return the global part, a colon and the branch qualifier; no quote or other character to escape
     */
    @Override
    public String toString() {
        return gtrid() + ":" + bqual();
    }
}
