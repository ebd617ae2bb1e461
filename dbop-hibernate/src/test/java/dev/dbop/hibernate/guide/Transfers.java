package dev.dbop.hibernate.guide;

// snippet: first
import dev.dbop.DbopRunner;
import dev.dbop.hibernate.HibernateScope;
import jakarta.persistence.LockModeType;
import java.time.Duration;
import org.hibernate.Session;
import org.hibernate.SessionFactory;

final class Transfers {
    private final DbopRunner runner = DbopRunner.create().lockTimeout(Duration.ofSeconds(3));
    private final SessionFactory factory; // or the EntityManagerFactory your framework gives

    Transfers(SessionFactory factory) {
        this.factory = factory;
    }

    int transfer(int from, int to, int amount) {
        return runner.named("transfer").call(HibernateScope.transaction(factory), session -> {
            // run again as a whole, in a new session, when it must be ...
            int left = add(session, from, -amount);
            // ... and alone when that is enough
            runner.named("credit").run(HibernateScope.savepoint(session), step -> add(step, to, amount));
            return left;
        });
    }

    private static int add(Session session, int id, int amount) {
        Account account = session.find(Account.class, id, LockModeType.PESSIMISTIC_WRITE);
        account.add(amount);
        return account.balance();
    }
}
// end snippet
