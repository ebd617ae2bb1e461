package dev.dbop.testkit;

/**
 * Holds a user's name and password.
 *
 * @param user the name
 * @param password the password, possibly empty
 */
public record Credentials(String user, String password) {

    /** Returns the user's name alone; the password never shows. */
    @Override
    public String toString() {
        return "Credentials[user=" + user + "]";
    }
}
