package dev.dbop.sql;

import static dev.dbop.Verdict.GIVE_UP;
import static dev.dbop.Verdict.OUTCOME_UNKNOWN;
import static dev.dbop.Verdict.RETRY_CONNECTION;
import static dev.dbop.Verdict.RETRY_SAVEPOINT;
import static dev.dbop.Verdict.RETRY_TRANSACTION;

import dev.dbop.Verdict;

/**
 * What most rows have in common: the verdict, the verdict at COMMIT, and what the server has undone. A COMMIT answered
 * by an error of the server did not happen; one answered by nothing may have.
 */
enum Handling {
    /** Only the statement is undone, and the same statement may do better. */
    STATEMENT_ONLY(RETRY_SAVEPOINT, RETRY_TRANSACTION, Undone.STATEMENT),
    /** The transaction lives but leads nowhere: what it has seen, or holds, is the trouble. */
    STALE_TRANSACTION(RETRY_TRANSACTION, RETRY_TRANSACTION, Undone.STATEMENT),
    /** The server has rolled the transaction back. */
    LOST_TRANSACTION(RETRY_TRANSACTION, RETRY_TRANSACTION, Undone.TRANSACTION),
    /** The connection is gone, and with it the answer to a COMMIT under way. */
    LOST_CONNECTION(RETRY_CONNECTION, OUTCOME_UNKNOWN, Undone.CONNECTION),
    /** There is no connection, and whatever was sent last was certainly not executed. */
    NEVER_RAN(RETRY_CONNECTION, RETRY_CONNECTION, Undone.CONNECTION),
    /** The connection is good, but leads to a server that cannot do the work. */
    WRONG_SERVER(RETRY_CONNECTION, RETRY_CONNECTION, Undone.STATEMENT),
    /** Nodes behind the one that answers are in trouble; it cannot always tell whether they committed. */
    CLUSTER_TROUBLE(RETRY_TRANSACTION, OUTCOME_UNKNOWN, Undone.STATEMENT),
    /** The server itself says that it does not know what became of the work. */
    UNKNOWN(OUTCOME_UNKNOWN, OUTCOME_UNKNOWN, Undone.STATEMENT),
    /** Trying again cannot help. */
    HOPELESS(GIVE_UP, GIVE_UP, Undone.STATEMENT),
    /** Trying again cannot help, and the transaction is rolled back as well. */
    HOPELESS_AND_LOST(GIVE_UP, GIVE_UP, Undone.TRANSACTION);

    final Verdict verdict;
    final Verdict atCommit;
    final Undone undone;

    Handling(Verdict verdict, Verdict atCommit, Undone undone) {
        this.verdict = verdict;
        this.atCommit = atCommit;
        this.undone = undone;
    }
}
