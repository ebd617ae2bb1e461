package dev.dbop.examples.jooq;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.sum;
import static org.jooq.impl.DSL.table;

import java.math.BigDecimal;
import java.util.Objects;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/** Accounts, by jOOQ, without a word of dbop: what runs in an attempt is ordinary code. */
final class Bank {
    private static final Table<Record> ACCOUNT = table(name("account"));
    private static final Field<Integer> ID = field(name("id"), SQLDataType.INTEGER.nullable(false));
    private static final Field<Integer> BALANCE = field(name("balance"), SQLDataType.INTEGER.nullable(false));

    private Bank() {}

    static void create(DSLContext on) {
        on.createTable(ACCOUNT).column(ID).column(BALANCE).primaryKey(ID).execute();
        on.insertInto(ACCOUNT, ID, BALANCE).values(1, 100).values(2, 100).execute();
    }

    static void add(DSLContext on, int account, int amount) {
        on.update(ACCOUNT)
                .set(BALANCE, BALANCE.plus(amount))
                .where(ID.eq(account))
                .execute();
    }

    static BigDecimal total(DSLContext on) {
        return Objects.requireNonNull(on.select(sum(BALANCE)).from(ACCOUNT).fetchSingle(sum(BALANCE)));
    }
}
