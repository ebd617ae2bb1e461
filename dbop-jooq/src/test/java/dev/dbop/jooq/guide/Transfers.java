package dev.dbop.jooq.guide;

// snippet: first
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import dev.dbop.DbopRunner;
import dev.dbop.jooq.JooqScope;
import java.time.Duration;
import org.jooq.DSLContext;
import org.jooq.Field;

final class Transfers {
    private static final Field<Integer> ID = field(name("id"), Integer.class);
    private static final Field<Integer> BALANCE = field(name("balance"), Integer.class);

    private final DbopRunner runner = DbopRunner.create().lockTimeout(Duration.ofSeconds(3));
    private final DSLContext dsl; // DSL.using(dataSource, SQLDialect.POSTGRES), or what your framework gives

    Transfers(DSLContext dsl) {
        this.dsl = dsl;
    }

    void transfer(int from, int to, int amount) {
        runner.named("transfer").run(JooqScope.transaction(dsl), tx -> {
            // run again as a whole when it must be ...
            add(tx, from, -amount);
            // ... and alone when that is enough
            runner.named("credit").run(JooqScope.savepoint(tx), step -> add(step, to, amount));
        });
    }

    private static void add(DSLContext on, int account, int amount) {
        on.update(table(name("account")))
                .set(BALANCE, BALANCE.plus(amount))
                .where(ID.eq(account))
                .execute();
    }
}
// end snippet
