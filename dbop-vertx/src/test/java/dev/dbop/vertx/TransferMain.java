package dev.dbop.vertx;

import dev.dbop.DbopRunner;
import dev.dbop.testkit.twophase.CoordinatorProcess;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLBuilder;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnectOptions;
import java.util.ArrayList;
import java.util.List;

/** Moves money in one transaction over several databases, in a JVM of its own that is there to be killed. */
final class TransferMain {
    private static final PoolOptions ONE = new PoolOptions().setMaxSize(1);

    private TransferMain() {}

    public static void main(String[] args) throws Exception {
        Vertx vertx = Vertx.vertx();
        CoordinatorProcess.serve(addresses -> {
            VertxTwoPhase.Builder builder = VertxTwoPhase.builder()
                    .runner(VertxRunner.of(vertx, DbopRunner.create().listeners()));
            for (int i = 0; i < addresses.size(); i++) {
                builder.branch(name(i), pool(vertx, addresses.get(i).split(" ", -1)));
            }
            VertxTwoPhase twoPhase = Clients.await(builder.build());
            return () -> Clients.await(twoPhase.call(tx -> transfer(tx, addresses.size())))
                    .pending();
        });
        // Its threads would outlive the parent.
        System.exit(0);
    }

    static String name(int index) {
        return "db" + index;
    }

    /** What {@link CrashMatrixTest} says of a database: kind, host, port, name, user, password. */
    private static Pool pool(Vertx vertx, String[] address) {
        boolean postgres = address[0].equals("POSTGRESQL");
        SqlConnectOptions options = postgres ? new PgConnectOptions() : new MySQLConnectOptions();
        options.setHost(address[1])
                .setPort(Integer.parseInt(address[2]))
                .setDatabase(address[3])
                .setUser(address[4])
                .setPassword(address[5]);
        return postgres
                ? PgBuilder.pool().using(vertx).with(ONE).connectingTo(options).build()
                : MySQLBuilder.pool()
                        .using(vertx)
                        .with(ONE)
                        .connectingTo(options)
                        .build();
    }

    private static Future<Integer> transfer(VertxTwoPhaseTransaction tx, int databases) {
        List<Future<?>> updates = new ArrayList<>();
        for (int i = 0; i < databases; i++) {
            String update = "UPDATE acct SET v = v + " + (i == 0 ? 1 - databases : 1) + " WHERE id = 1";
            updates.add(tx.connection(name(i)).compose(c -> c.query(update).execute()));
        }
        return Future.join(updates).map(databases);
    }
}
