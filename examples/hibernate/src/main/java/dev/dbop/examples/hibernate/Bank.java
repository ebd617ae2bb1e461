package dev.dbop.examples.hibernate;

import dev.dbop.DbopRunner;
import dev.dbop.hibernate.HibernateScope;
import dev.dbop.jdbc.JdbcCommitProbe;
import jakarta.persistence.LockModeType;
import java.time.Duration;
import org.hibernate.Session;
import org.hibernate.SessionFactory;

/** What an application does. Any {@code SessionFactory} will do, and {@code DbopRunner.create()} as a runner. */
final class Bank {
    private static final int FEE = 1;

    private final DbopRunner runner;
    private final SessionFactory factory;

    Bank(DbopRunner runner, SessionFactory factory) {
        this.runner = runner;
        this.factory = factory;
    }

    // snippet: copy
    /** Each attempt has a session of its own, each step one on the same connection: a session is spent by a failure. */
    void transfer(int from, int to, int amount) {
        runner.named("transfer").run(HibernateScope.transaction(factory), session -> {
            add(session, from, -amount - FEE);
            add(session, to, amount);
            runner.named("fee")
                    .lockTimeout(Duration.ofMillis(300))
                    .run(HibernateScope.savepoint(session), step -> add(step, Account.OF_THE_BANK, FEE));
        });
    }

    /** Returns the account that is in the database: also where the answer to COMMIT got lost. */
    Account open(int id) {
        return runner.named("open")
                .call(HibernateScope.transaction(factory, JdbcCommitProbe.pgXactStatus()), session -> {
                    Account account = new Account(id, 0);
                    session.persist(account);
                    return account;
                });
    }
    // end snippet

    private static void add(Session session, int account, int amount) {
        session.find(Account.class, account, LockModeType.PESSIMISTIC_WRITE).add(amount);
        session.flush();
    }
}
