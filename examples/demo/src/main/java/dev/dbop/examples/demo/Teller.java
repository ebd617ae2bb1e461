package dev.dbop.examples.demo;

import java.sql.SQLException;

/** Does transfers, in one of the four ways. Used by one thread; blocks until a transfer is done or has failed. */
@FunctionalInterface
interface Teller {
    /**
     * Does a transfer.
     *
     * @param transfer ordered once
     * @throws SQLException if the teller believes that it is not done
     * @throws AnswerLostException if the teller, who has no dbop, does not know
     * @throws dev.dbop.OutcomeUnknownException if the teller does not know
     */
    void transfer(Transfer transfer) throws SQLException;
}
