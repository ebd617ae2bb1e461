package dev.dbop.twophase;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A committed decision row, as a recoverer reads it.
 *
 * @param store the name of the store it was read from
 * @param base the key: the base of the group
 * @param participants the server identities of the branches that were prepared, 1 to n - 1 in this order; empty for a
 *     group of one branch
 * @param age since it was inserted, by the store's clock
 */
public record DecisionRow(String store, String base, List<String> participants, Duration age) {
    /** The longest server identity; as many as a group may have then fit into a {@code VARCHAR(13000)}. */
    public static final int LONGEST_PARTICIPANT = 200;

    /**
     * Checks the parts and copies the list.
     *
     * @param store 16 lower-case hex digits, not all zeros
     * @param base 16 lower-case hex digits, not all zeros
     * @param participants each as {@link #write} wants it
     * @param age may be negative if the store's clock was put back
     * @throws IllegalArgumentException if a part breaks its rule
     */
    public DecisionRow {
        GroupId.checkKey("store", store);
        GroupId.checkKey("base", base);
        participants = List.copyOf(participants);
        participants.forEach(DecisionRow::checkParticipant);
    }

    /**
     * Writes server identities as the text a decision row holds.
     *
     * @param participants 1 to {@value #LONGEST_PARTICIPANT} characters each, without control characters
     * @return one line per participant; empty for none
     * @throws IllegalArgumentException if an identity is empty, too long or has a control character
     */
    public static String write(List<String> participants) {
        participants.forEach(DecisionRow::checkParticipant);
        return String.join("\n", participants);
    }

    /**
     * Reads what {@link #write} has written.
     *
     * @param text of a decision row
     * @return the participants, or null if nobody has written the text like this: such a row must be left alone
     */
    public static @Nullable List<String> read(String text) {
        List<String> participants = text.isEmpty() ? List.of() : List.of(text.split("\n", -1));
        boolean good = participants.size() < GroupId.MOST_BRANCHES
                && participants.stream().allMatch(DecisionRow::isParticipant);
        return good ? participants : null;
    }

    private static void checkParticipant(String participant) {
        if (!isParticipant(participant)) {
            throw new IllegalArgumentException("participant is '" + participant + "': must have 1 to "
                    + LONGEST_PARTICIPANT + " characters, none of them a control character");
        }
    }

    private static boolean isParticipant(String participant) {
        return !participant.isEmpty() && participant.length() <= LONGEST_PARTICIPANT && !hasControl(participant);
    }

    /** A loop, since every group writes its row. */
    private static boolean hasControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }
}
