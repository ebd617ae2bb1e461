package dev.dbop.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.hibernate.ManyToManyEntities.Page;
import dev.dbop.hibernate.ManyToManyEntities.Tag;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.Map;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.Test;

/** The code of the guide. */
@RealDatabase(Database.POSTGRESQL)
final class ManyToManyGuideTest {
    private final TestDatabase database;

    ManyToManyGuideTest(TestDatabase database) {
        this.database = database;
    }

    @Test
    void writesLinks() throws SQLException {
        try (SessionFactory factory = Factories.over(
                database.dataSource(),
                database.database(),
                Map.of("hibernate.hbm2ddl.auto", "create"),
                ManyToManyEntities.ALL)) {
            DbopRunner runner = DbopRunner.create();
            runner.run(HibernateScope.transaction(factory), session -> {
                session.persist(new Page(1));
                for (int id = 1; id <= 3; id++) {
                    session.persist(new Tag(id));
                }
            });
            // snippet: links
            runner.run(HibernateScope.transaction(factory), session -> {
                Page page = session.getReference(Page.class, 1L);
                Tag news = session.getReference(Tag.class, 1L);
                Tag draft = session.getReference(Tag.class, 2L);

                ManyToMany.add(session, page, "tags", draft);
                ManyToMany.addMissing(session, page, "tags", news, draft); // whoever has added the one that is there
                ManyToMany.remove(session, page, "tags", draft);
            });
            // end snippet
        }

        assertThat(database.query("select tags_id from Page_Tag")).containsExactly("1");
    }
}
