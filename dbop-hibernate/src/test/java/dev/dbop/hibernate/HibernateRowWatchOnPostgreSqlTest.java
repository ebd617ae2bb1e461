package dev.dbop.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.hibernate.HibernateRowWatchEntities.Job;
import dev.dbop.hibernate.HibernateRowWatchEntities.Print;
import dev.dbop.sql.Database;
import dev.dbop.sql.RowWatchSql;
import dev.dbop.sql.TableName;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@RealDatabase(Database.POSTGRESQL)
class HibernateRowWatchOnPostgreSqlTest extends HibernateRowWatchContract {
    HibernateRowWatchOnPostgreSqlTest(TestDatabase db) {
        super(db);
    }

    @Test
    void wordOfAChangeEndsTheWaitLongBeforeTheInterval() throws Exception {
        for (String table : List.of("watched_job", "watched_print")) {
            for (String statement : RowWatchSql.notifyTrigger(TableName.of("public", table), List.of("id"), "jobs")) {
                db.execute(statement);
            }
        }
        CountDownLatch looked = new CountDownLatch(1);
        CompletableFuture<Job> woken = CompletableFuture.supplyAsync(() -> {
            try {
                return HibernateRowWatch.of(factory, Job.class, 1)
                        .every(Duration.ofSeconds(50))
                        .within(Duration.ofSeconds(50))
                        .notifiedBy("jobs")
                        .runner(DbopRunner.create().listeners(event -> looked.countDown()))
                        .await(job -> ((Print) job).pages == 11);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        });
        assertThat(looked.await(20, TimeUnit.SECONDS)).isTrue();
        db.execute("UPDATE watched_print SET pages = 11 WHERE id = 1");

        assertThat(woken.get(20, TimeUnit.SECONDS).id).isEqualTo(1);
    }
}
