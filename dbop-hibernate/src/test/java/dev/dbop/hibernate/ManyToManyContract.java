package dev.dbop.hibernate;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.hibernate.ManyToManyEntities.Draft;
import dev.dbop.hibernate.ManyToManyEntities.Node;
import dev.dbop.hibernate.ManyToManyEntities.Odd;
import dev.dbop.hibernate.ManyToManyEntities.Page;
import dev.dbop.hibernate.ManyToManyEntities.Report;
import dev.dbop.hibernate.ManyToManyEntities.Room;
import dev.dbop.hibernate.ManyToManyEntities.Seat;
import dev.dbop.hibernate.ManyToManyEntities.Shelf;
import dev.dbop.hibernate.ManyToManyEntities.Tag;
import dev.dbop.hibernate.entity.MapRegionFactory;
import dev.dbop.sql.Database;
import dev.dbop.testkit.TestDatabase;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.hibernate.FlushMode;
import org.hibernate.Hibernate;
import org.hibernate.JDBCException;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Links written without their collection; a subclass names the database. */
abstract class ManyToManyContract {
    /** In an order that their foreign keys allow. */
    private static final List<String> TABLES = List.of(
            "Page_Tag",
            "page_next",
            "report_subject",
            "Shelf_Seat",
            "Seat_Shelf",
            "Odd links",
            "checked_link",
            "Draft_Tag",
            "odd_bag",
            "odd_ordered",
            "odd_map",
            "odd_soft",
            "odd_fixed",
            "Odd_words",
            "odd_table",
            "Draft",
            "Report",
            "Page",
            "Tag",
            "Seat",
            "Shelf",
            "Node",
            "Odd");

    /** Databases that have their tables, which take long to make. */
    private static final Set<String> MADE = ConcurrentHashMap.newKeySet();

    private final TestDatabase database;
    private final List<String> statements = new ArrayList<>();
    private SessionFactory factory;

    ManyToManyContract(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void openFactory() throws SQLException {
        boolean made = !MADE.add(database.url());
        StatementInspector inspector = sql -> {
            statements.add(sql);
            return sql;
        };
        factory = Factories.over(
                database.dataSource(),
                database.database(),
                Map.of(
                        "hibernate.hbm2ddl.auto",
                        made ? "none" : "create",
                        "hibernate.session_factory.statement_inspector",
                        inspector,
                        "hibernate.cache.region.factory_class",
                        new MapRegionFactory(),
                        "hibernate.cache.use_query_cache",
                        true),
                ManyToManyEntities.ALL);
        if (made) {
            database.execute(TABLES.stream()
                    .map(table -> "delete from "
                            + (table.contains(" ") ? database.database().quote(table) : table))
                    .toArray(String[]::new));
        }
        statements.clear();
    }

    @AfterEach
    void closeFactory() {
        factory.close();
    }

    private void inTransaction(Consumer<Session> work) {
        DbopRunner.create().run(HibernateScope.transaction(factory), work::accept);
    }

    /** Page 1 and tags from 1 on. */
    private void given(int tags) {
        inTransaction(session -> {
            session.persist(new Page(1));
            LongStream.rangeClosed(1, tags).mapToObj(Tag::new).forEach(session::persist);
        });
        statements.clear();
    }

    private static Page page(Session session) {
        return session.find(Page.class, 1L);
    }

    private static Tag tag(Session session, long id) {
        return session.getReference(Tag.class, id);
    }

    private static List<Tag> tags(Session session, long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(id -> tag(session, id)).toList();
    }

    private List<String> rows() throws SQLException {
        return database.query("select tags_id from Page_Tag order by tags_id");
    }

    private static Set<Long> ids(Iterable<Tag> tags) {
        List<Tag> all = new ArrayList<>();
        tags.forEach(all::add);
        return all.stream()
                .map(tag -> (Long) Hibernate.unproxy(tag, Tag.class).id)
                .collect(toSet());
    }

    @Test
    void addsRemovesAndSetsWithoutLoadingTheCollection() throws SQLException {
        given(5);
        inTransaction(session -> {
            Page page = page(session);
            assertThat(ManyToMany.add(session, page, "tags", tag(session, 1), tag(session, 2)))
                    .isEqualTo(2);
            assertThat(ManyToMany.remove(session, page, "tags", tag(session, 2), tag(session, 5)))
                    .isEqualTo(1);
            assertThat(ManyToMany.set(session, page, "tags", tags(session, 3, 4)))
                    .isEqualTo(3);
            assertThat(Hibernate.isInitialized(page.tags)).isFalse();
        });

        assertThat(rows()).containsExactly("3", "4");
    }

    @Test
    void needsNeitherOwnerNorRelatedLoaded() throws SQLException {
        given(2);
        inTransaction(session -> {
            assertThat(ManyToMany.add(session, session.getReference(Page.class, 1L), "tags", tags(session, 1, 2)))
                    .isEqualTo(2);
            assertThat(statements).hasSize(1);
        });

        assertThat(rows()).containsExactly("1", "2");
    }

    @Test
    void flushesWhatIsPendingFirst() throws SQLException {
        inTransaction(session -> {
            Page page = new Page(1);
            Tag tag = new Tag(7);
            session.persist(page);
            session.persist(tag);
            ManyToMany.add(session, page, "tags", tag);
            Draft draft = new Draft();
            session.persist(draft);
            ManyToMany.add(session, draft, "tags", tag);
        });

        assertThat(rows()).containsExactly("7");
        assertThat(database.query("select tags_id from Draft_Tag")).containsExactly("7");
    }

    @Test
    void showsTheRowsInALoadedCollectionAndHasNothingToFlush() throws SQLException {
        given(6);
        inTransaction(session -> ManyToMany.add(session, page(session), "tags", tags(session, 1, 2)));

        inTransaction(session -> {
            Page page = page(session);
            Set<Tag> loaded = page.tags;
            assertThat(ids(loaded)).containsExactly(1L, 2L);

            ManyToMany.add(session, page, "tags", tag(session, 3));
            assertThat(page.tags).isSameAs(loaded);
            assertThat(ids(loaded)).containsExactlyInAnyOrder(1L, 2L, 3L);

            ManyToMany.remove(session, page, "tags", tag(session, 1));
            assertThat(ids(loaded)).containsExactlyInAnyOrder(2L, 3L);

            ManyToMany.set(session, page, "tags", tags(session, 3, 4));
            assertThat(ids(loaded)).containsExactlyInAnyOrder(3L, 4L);

            statements.clear();
            session.flush();
            assertThat(statements).isEmpty();

            loaded.add(session.find(Tag.class, 5L));
            loaded.removeIf(each -> Hibernate.unproxy(each, Tag.class).id == 3);
            ManyToMany.add(session, page, "tags", tag(session, 6));
            assertThat(ids(loaded)).containsExactlyInAnyOrder(4L, 5L, 6L);
        });

        assertThat(rows()).containsExactly("4", "5", "6");
    }

    @Test
    void mendsWhatALoadedCollectionHasMissed() throws SQLException {
        given(3);
        inTransaction(session -> {
            Page page = page(session);
            assertThat(page.tags).isEmpty();
            session.createNativeMutationQuery("insert into Page_Tag (pages_id, tags_id) values (1, 1)")
                    .executeUpdate();
            assertThat(ManyToMany.addMissing(session, page, "tags", tags(session, 1, 2)))
                    .isEqualTo(1);
            assertThat(ids(page.tags)).containsExactlyInAnyOrder(1L, 2L);
        });

        assertThat(rows()).containsExactly("1", "2");
    }

    @Test
    void keepsTheOrderOfTheMappingInALoadedCollection() {
        given(3);
        inTransaction(session -> session.persist(new Report(2)));
        inTransaction(session -> {
            Report report = session.find(Report.class, 2L);
            Hibernate.initialize(report.subjects);
            LongStream.rangeClosed(1, 3).forEach(id -> session.find(Tag.class, id));
            ManyToMany.add(session, report, "subjects", tags(session, 1, 3));
            assertThat(report.subjects).extracting(each -> each.name).containsExactly("tag 3", "tag 2", "tag 1");
        });
    }

    @Test
    void writesWhatASubclassInheritsAndWhatItAdds() throws SQLException {
        given(2);
        inTransaction(session -> session.persist(new Report(2)));
        inTransaction(session -> {
            Report report = session.find(Report.class, 2L);
            ManyToMany.add(session, report, "tags", tag(session, 1));
            ManyToMany.add(session, report, "subjects", tag(session, 2));
            ManyToMany.add(session, page(session), "next", report);
        });

        assertThat(database.query("select pages_id from Page_Tag")).containsExactly("2");
        assertThat(database.query("select subjects_id from report_subject")).containsExactly("2");
        assertThat(database.query("select next_id from page_next")).containsExactly("2");
    }

    @Test
    void linksEntitiesOfOneKindToEachOther() throws SQLException {
        inTransaction(session -> {
            Page one = new Page(1);
            Page two = new Page(2);
            session.persist(one);
            session.persist(two);
            ManyToMany.add(session, one, "next", one, two);
            assertThat(ManyToMany.remove(session, one, "next", one)).isEqualTo(1);
        });

        assertThat(database.query("select next_id from page_next")).containsExactly("2");
    }

    @Test
    void writesCompositeKeysEnumsAndConvertedValues() throws SQLException {
        inTransaction(session -> {
            Shelf shelf = new Shelf(Room.CELLAR, "a");
            Shelf other = new Shelf(Room.HALL, "a");
            List<Seat> seats = List.of(new Seat(1, 1), new Seat(1, 2), new Seat(2, 1), new Seat(2, 2));
            session.persist(shelf);
            session.persist(other);
            seats.forEach(session::persist);

            assertThat(ManyToMany.add(session, shelf, "seats", seats)).isEqualTo(4);
            assertThat(ManyToMany.addMissing(session, shelf, "seats", seats)).isZero();
            assertThat(ManyToMany.add(session, other, "seats", seats.get(0))).isEqualTo(1);
            assertThat(ManyToMany.remove(session, shelf, "seats", seats.get(1), seats.get(2)))
                    .isEqualTo(2);
            assertThat(ManyToMany.set(session, shelf, "seats", seats.subList(0, 2)))
                    .isEqualTo(2);
            ManyToMany.add(session, seats.get(3), "shelves", shelf, other);
            assertThat(ManyToMany.set(session, seats.get(3), "shelves", List.of(shelf)))
                    .isEqualTo(1);
        });
        inTransaction(session -> {
            assertThat(session.find(Shelf.class, new ManyToManyEntities.ShelfId(Room.CELLAR, "a")).seats)
                    .extracting(seat -> seat.seatRow * 10 + seat.seatNumber)
                    .containsExactlyInAnyOrder(11, 12);
            assertThat(session.find(Seat.class, new ManyToManyEntities.SeatId(2, 2)).shelves)
                    .extracting(shelf -> shelf.id.room)
                    .containsExactly(Room.CELLAR);
        });

        assertThat(database.query("select distinct Shelf_code from Shelf_Seat")).containsExactly("A");
    }

    @Test
    void writesTablesAndColumnsWhoseNamesNeedQuoting() {
        Node one = new Node();
        Node two = new Node();
        inTransaction(session -> {
            session.persist(one);
            session.persist(two);
            assertThat(ManyToMany.addMissing(session, one, "ends", one, two)).isEqualTo(2);
            assertThat(ManyToMany.addMissing(session, one, "ends", one, two)).isZero();
            assertThat(ManyToMany.set(session, one, "ends", List.of(two))).isEqualTo(1);
        });

        inTransaction(session -> assertThat(session.find(Node.class, one.id).ends)
                .extracting(end -> end.id)
                .containsExactly(two.id));
    }

    @Test
    void failsOnALinkThatIsThereUnlessConflictsAreIgnored() throws SQLException {
        given(3);
        inTransaction(session -> ManyToMany.add(session, page(session), "tags", tag(session, 1)));

        assertThatThrownBy(() ->
                        inTransaction(session -> ManyToMany.add(session, page(session), "tags", tags(session, 1, 3))))
                .isInstanceOf(
                        database.database() == Database.SQLITE
                                ? JDBCException.class // its dialect does not tell
                                : ConstraintViolationException.class)
                .hasRootCauseInstanceOf(SQLException.class);
        assertThat(rows()).containsExactly("1");

        inTransaction(session -> {
            assertThat(ManyToMany.addMissing(session, page(session), "tags", tags(session, 1, 3)))
                    .isEqualTo(2);
            assertThat(ManyToMany.addMissing(session, page(session), "tags", tags(session, 1, 3)))
                    .isZero();
        });
        assertThat(rows()).containsExactly("1", "2", "3");
    }

    @Test
    void ignoresConflictsAndNoOtherViolation() throws SQLException {
        Node node = new Node();
        inTransaction(session -> {
            session.persist(node);
            session.persist(new Tag(1));
            session.persist(new Tag(2));
        });
        String id = database.database().family() == Database.Family.POSTGRESQL ? "uuid" : "varbinary(16)";
        database.execute(
                "drop table checked_link",
                "create table checked_link (node_id " + id
                        + " not null, tag_id bigint not null check (tag_id <> 2), primary key (node_id, tag_id))");

        inTransaction(session -> {
            assertThat(ManyToMany.addMissing(session, node, "checkedTags", tag(session, 1)))
                    .isEqualTo(1);
            assertThat(ManyToMany.addMissing(session, node, "checkedTags", tag(session, 1)))
                    .isZero();
        });
        assertThatThrownBy(() -> inTransaction(
                        session -> ManyToMany.addMissing(session, node, "checkedTags", tags(session, 1, 2))))
                .isInstanceOf(PersistenceException.class)
                .hasRootCauseInstanceOf(SQLException.class);
        assertThat(database.query("select tag_id from checked_link")).containsExactly("1");
    }

    @Test
    void ignoresALinkThatAnotherTransactionHasJustAdded() throws SQLException {
        given(2);
        inTransaction(session -> {
            page(session);
            if (database.database() != Database.SQLITE) {
                DbopRunner.create()
                        .run(
                                HibernateScope.transaction(factory),
                                other -> ManyToMany.add(other, page(other), "tags", tag(other, 1)));
            } else {
                ManyToMany.add(session, page(session), "tags", tag(session, 1));
            }
            ManyToMany.addMissing(session, page(session), "tags", tags(session, 1, 2));
        });

        assertThat(rows()).containsExactly("1", "2");
    }

    @Test
    void sendsAThousandLinksWithAFewStatements() throws SQLException {
        given(1000);
        inTransaction(session -> {
            Page page = page(session);
            List<Tag> all = tags(session, 1, 1000);
            statements.clear();
            assertThat(ManyToMany.add(session, page, "tags", all)).isEqualTo(1000);
            assertThat(statements).hasSize(2);
            assertThat(ManyToMany.addMissing(session, page, "tags", all)).isZero();
            assertThat(ManyToMany.remove(session, page, "tags", all.subList(0, 999)))
                    .isEqualTo(999);
        });

        assertThat(rows()).containsExactly("1000");
    }

    @Test
    void writesALinkNamedTwiceOnce() throws SQLException {
        given(1);
        inTransaction(session -> {
            Page page = page(session);
            assertThat(ManyToMany.add(session, page, "tags", tag(session, 1), session.find(Tag.class, 1L)))
                    .isEqualTo(1);
            statements.clear();
            assertThat(ManyToMany.add(session, page, "tags")).isZero();
            assertThat(statements).isEmpty();
        });

        assertThat(rows()).containsExactly("1");
    }

    @Test
    void takesDetachedEntitiesByTheirIdentifiers() throws SQLException {
        given(1);
        Page page = new Page(1);
        page.version = 3;
        Tag tag = new Tag(1);
        inTransaction(session -> ManyToMany.add(session, page, "tags", tag));

        assertThat(rows()).containsExactly("1");
    }

    @Test
    void worksInAStepAndGoesWithIt() throws SQLException {
        given(3);
        inTransaction(session -> {
            Page page = page(session);
            Hibernate.initialize(page.tags);
            DbopRunner runner = DbopRunner.create();
            runner.run(HibernateScope.savepoint(session), step -> ManyToMany.add(step, page, "tags", tag(step, 1)));
            assertThatThrownBy(() -> runner.run(HibernateScope.savepoint(session), step -> {
                        ManyToMany.add(step, page, "tags", tag(step, 2));
                        throw new IllegalStateException("undone");
                    }))
                    .hasMessage("undone");
            ManyToMany.addMissing(session, page, "tags", tag(session, 3));
            assertThat(ids(page.tags)).containsExactlyInAnyOrder(1L, 3L);
        });

        assertThat(rows()).containsExactly("1", "3");
    }

    @Test
    void worksInAPlainSession() throws SQLException {
        given(1);
        try (Session session = factory.openSession()) {
            session.beginTransaction();
            ManyToMany.add(session, page(session), "tags", tag(session, 1));
            session.getTransaction().commit();
        }

        assertThat(rows()).containsExactly("1");
    }

    @Test
    void hasTheSecondLevelCacheForgetBothSides() {
        given(2);
        inTransaction(session -> ManyToMany.add(session, page(session), "tags", tag(session, 1)));
        for (int i = 0; i < 2; i++) {
            inTransaction(session -> assertThat(ids(page(session).tags)).containsExactly(1L));
            inTransaction(
                    session -> assertThat(session.find(Tag.class, 2L).pages).isEmpty());
        }
        String role = Page.class.getName() + ".tags";
        assertThat(factory.getCache().containsCollection(role, 1L)).isTrue();

        inTransaction(session -> {
            ManyToMany.add(session, page(session), "tags", tag(session, 2));
            assertThat(ids(page(session).tags)).containsExactlyInAnyOrder(1L, 2L);
        });

        assertThat(factory.getCache().containsCollection(role, 1L)).isFalse();
        inTransaction(session -> {
            assertThat(ids(page(session).tags)).containsExactlyInAnyOrder(1L, 2L);
            assertThat(session.find(Tag.class, 2L).pages).hasSize(1);
        });
    }

    @Test
    void leavesNothingOfARollbackInTheCaches() {
        given(1);
        assertThatThrownBy(() -> inTransaction(session -> {
                    Hibernate.initialize(page(session).tags);
                    ManyToMany.add(session, page(session), "tags", tag(session, 1));
                    session.clear();
                    assertThat(ids(page(session).tags)).containsExactly(1L);
                    throw new IllegalStateException("undone");
                }))
                .hasMessage("undone");

        inTransaction(session -> assertThat(page(session).tags).isEmpty());
    }

    @Test
    void makesCachedQueriesRunAgain() {
        given(1);
        Consumer<Integer> expect = count -> inTransaction(
                session -> assertThat(session.createSelectionQuery("select t.id from Page p join p.tags t", Long.class)
                                .setCacheable(true)
                                .getResultList())
                        .hasSize(count));
        expect.accept(0);
        expect.accept(0);
        inTransaction(session -> ManyToMany.add(session, page(session), "tags", tag(session, 1)));

        expect.accept(1);
    }

    @Test
    void writesABag() throws SQLException {
        given(2);
        inTransaction(session -> {
            Odd odd = new Odd();
            session.persist(odd);
            ManyToMany.add(session, odd, "bag", tags(session, 1, 2));
            assertThat(ManyToMany.set(session, odd, "bag", tags(session, 2, 2))).isEqualTo(1);
        });

        assertThat(database.query("select bag_id from odd_bag")).containsExactly("2");
    }

    @Test
    void refusesWhatIsNotManyToMany() {
        given(1);
        inTransaction(session -> {
            Odd odd = new Odd();
            session.persist(odd);
            for (String attribute : List.of("name", "words", "drafts", "single")) {
                assertThatThrownBy(() -> ManyToMany.add(session, odd, attribute, tag(session, 1)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("attribute is \"" + attribute + "\": it is not many-to-many")
                        .hasMessageContaining("bag")
                        .hasMessageMatching(".* must be one of (?!.*single).*");
            }
            assertThatThrownBy(() -> ManyToMany.add(session, page(session), "taggs", tag(session, 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has none of that name")
                    .hasMessageContaining("[next, tags]");
        });
    }

    @Test
    void refusesRowsThatHaveMoreThanTheTwoKeys() {
        given(1);
        inTransaction(session -> {
            Odd odd = new Odd();
            session.persist(odd);
            for (Map.Entry<String, String> each : Map.of(
                            "ordered", "a position or key",
                            "map", "a position or key",
                            "soft", "soft delete",
                            "fixed", "immutable")
                    .entrySet()) {
                assertThatThrownBy(() -> ManyToMany.add(session, odd, each.getKey(), tag(session, 1)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("Odd." + each.getKey())
                        .hasMessageContaining(each.getValue());
            }
        });
    }

    @Test
    void refusesTheInverseSideAndNamesTheOwningOne() {
        given(1);
        inTransaction(session -> assertThatThrownBy(
                        () -> ManyToMany.add(session, tag(session, 1), "pages", page(session)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Tag.pages is the inverse side")
                .hasMessageContaining("Page.tags"));
    }

    @Test
    void refusesEntitiesWithoutARow() {
        given(2);
        inTransaction(session -> {
            assertThatThrownBy(() -> ManyToMany.add(session, new Draft(), "tags", tag(session, 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("owner is a transient");
            Draft draft = new Draft();
            session.persist(draft);
            Tag removed = session.find(Tag.class, 2L);
            session.remove(removed);
            assertThatThrownBy(() -> ManyToMany.add(session, draft, "tags", removed))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("related is a removed")
                    .hasMessageContaining("id 2");
            assertThatThrownBy(() -> ManyToMany.add(session, draft, "tags", "a text"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("java.lang.String");
            assertThatThrownBy(() -> ManyToMany.add(session, draft, "tags", page(session)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must be a")
                    .hasMessageContaining("Tag");
            assertThatThrownBy(() -> ManyToMany.add(session, "a text", "tags", page(session)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("owner is a java.lang.String");
        });
    }

    @Test
    void flushesNothingForASessionThatIsFlushedByHand() {
        given(1);
        inTransaction(session -> {
            session.setHibernateFlushMode(FlushMode.MANUAL);
            Tag pending = new Tag(9);
            session.persist(pending);
            assertThatThrownBy(() -> ManyToMany.add(session, page(session), "tags", pending))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not inserted yet");
            assertThat(ManyToMany.add(session, page(session), "tags", tag(session, 1)))
                    .isEqualTo(1);
            session.flush();
            assertThat(ManyToMany.add(session, page(session), "tags", pending)).isEqualTo(1);
        });
    }

    @Test
    void refusesASessionWithoutATransaction() {
        given(1);
        try (Session session = factory.openSession()) {
            assertThatThrownBy(() -> ManyToMany.add(session, page(session), "tags", tag(session, 1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no active transaction");
        }
    }
}
