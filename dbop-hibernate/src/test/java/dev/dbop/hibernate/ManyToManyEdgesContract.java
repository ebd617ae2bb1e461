package dev.dbop.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.sql.Database;
import dev.dbop.testkit.TestDatabase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.OneToMany;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.hibernate.FlushMode;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.CollectionId;
import org.hibernate.annotations.CollectionIdJdbcTypeCode;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Links that others write too, and tables and sessions that are out of the ordinary; a subclass names the database. */
abstract class ManyToManyEdgesContract {
    private final TestDatabase database;
    private SessionFactory factory;

    ManyToManyEdgesContract(TestDatabase database) {
        this.database = database;
    }

    @Entity(name = "Writer")
    static class Writer {
        @Id
        long id;

        @Column(unique = true, nullable = false, length = 40)
        String name;

        @jakarta.persistence.ManyToMany
        @JoinTable(name = "writer_topic")
        Set<Topic> topics = new HashSet<>();

        @jakarta.persistence.ManyToMany
        @JoinTable(
                name = "writer_code",
                joinColumns = @JoinColumn(name = "writer_name", referencedColumnName = "name"),
                inverseJoinColumns = @JoinColumn(name = "topic_code", referencedColumnName = "code"))
        Set<Topic> byCode = new HashSet<>();

        @jakarta.persistence.ManyToMany
        @JoinTable(name = "writer_numbered")
        @CollectionId(column = @Column(name = "link_id"), generator = "increment")
        @CollectionIdJdbcTypeCode(Types.BIGINT)
        Collection<Topic> numbered = new ArrayList<>();

        @OneToMany
        @JoinTable(name = "writer_own")
        Set<Topic> own = new HashSet<>();

        Writer() {
            this(0);
        }

        Writer(long id) {
            this.id = id;
            this.name = "writer " + id;
        }
    }

    @Entity(name = "Topic")
    static class Topic {
        @Id
        long id;

        @Column(unique = true, nullable = false, length = 40)
        String code;

        Topic() {
            this(0);
        }

        Topic(long id) {
            this.id = id;
            this.code = "topic " + id;
        }
    }

    @BeforeEach
    void openFactory() {
        open(Map.of("hibernate.hbm2ddl.auto", "create-drop"));
    }

    private void open(Map<String, Object> settings) {
        factory = Factories.over(database.dataSource(), database.database(), settings, Writer.class, Topic.class);
        inTransaction(session -> {
            session.persist(new Writer(1));
            List.of(1, 2, 3).forEach(id -> session.persist(new Topic(id)));
        });
    }

    @AfterEach
    void closeFactory() {
        factory.close();
    }

    private void inTransaction(Consumer<Session> work) {
        DbopRunner.create().run(HibernateScope.transaction(factory), work::accept);
    }

    private static Writer writer(Session session) {
        return session.getReference(Writer.class, 1L);
    }

    private static Topic topic(Session session, long id) {
        return session.getReference(Topic.class, id);
    }

    private List<String> topics() throws SQLException {
        return database.query("select topics_id from writer_topic order by 1");
    }

    /** How a session adds a link, and what it answers. */
    private interface Adding {
        int add(Session session);
    }

    /** Adds topic 1 in one transaction, and starts to add it in a second that has to wait for the first. */
    private CompletableFuture<Integer> addedTwice(Adding adding) {
        CompletableFuture<Integer> second = new CompletableFuture<>();
        inTransaction(session -> {
            assertThat(adding.add(session)).isEqualTo(1);
            CompletableFuture<Long> waiting = new CompletableFuture<>();
            Thread other = new Thread(() -> {
                try {
                    inTransaction(later -> {
                        waiting.complete(later.doReturningWork(database::sessionId));
                        second.complete(adding.add(later));
                    });
                } catch (RuntimeException | Error failure) {
                    second.completeExceptionally(failure);
                }
            });
            other.setDaemon(true);
            other.start();
            try {
                database.awaitBlocked(waiting.get(20, TimeUnit.SECONDS));
            } catch (Exception broken) {
                throw new IllegalStateException(broken);
            }
        });
        return second;
    }

    @Test
    void oneOfTwoWhoAddTheSameLinkAtOnceIsToldOfTheConflict() throws SQLException {
        assumeSeveralWriters();
        CompletableFuture<Integer> second =
                addedTwice(session -> ManyToMany.add(session, writer(session), "topics", topic(session, 1)));

        assertThatThrownBy(() -> second.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ConstraintViolationException.class);
        assertThat(topics()).containsExactly("1");
    }

    @Test
    void neitherOfTwoWhoAddTheSameMissingLinkAtOnceFails() throws Exception {
        assumeSeveralWriters();
        CompletableFuture<Integer> second =
                addedTwice(session -> ManyToMany.addMissing(session, writer(session), "topics", topic(session, 1)));

        boolean countsFoundRows = database.database().family() == Database.Family.MYSQL;
        assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo(countsFoundRows ? 1 : 0);
        assertThat(topics()).containsExactly("1");
    }

    private void assumeSeveralWriters() {
        Assumptions.assumeTrue(database.database() != Database.SQLITE, "it has one writer at a time");
    }

    @Test
    void aMissingEntityIsNoConflict() throws SQLException {
        Assumptions.assumeTrue(database.database() != Database.SQLITE, "its tables are made without foreign keys");
        for (Adding adding : List.<Adding>of(
                session -> ManyToMany.add(session, writer(session), "topics", topic(session, 99)),
                session -> ManyToMany.addMissing(
                        session, writer(session), "topics", topic(session, 1), topic(session, 99)),
                session -> ManyToMany.set(session, writer(session), "topics", List.of(topic(session, 99))))) {
            assertThatThrownBy(() -> inTransaction(adding::add))
                    .isInstanceOf(PersistenceException.class)
                    .isInstanceOf(ConstraintViolationException.class);
        }
        assertThat(topics()).isEmpty();
    }

    @Test
    void keysThatAreNotThePrimaryOnesAreThoseOfTheEntities() throws SQLException {
        inTransaction(session -> {
            Writer writer = session.find(Writer.class, 1L);
            assertThat(writer.byCode).isEmpty();
            assertThat(ManyToMany.add(session, writer, "byCode", topic(session, 1), topic(session, 2)))
                    .isEqualTo(2);
            assertThat(ManyToMany.addMissing(session, writer, "byCode", topic(session, 2), topic(session, 3)))
                    .isEqualTo(1);
            assertThat(ManyToMany.remove(session, writer, "byCode", topic(session, 1)))
                    .isEqualTo(1);
            assertThat(writer.byCode)
                    .extracting(each -> Hibernate.unproxy(each, Topic.class).code)
                    .containsExactlyInAnyOrder("topic 2", "topic 3");
        });
        inTransaction(session -> ManyToMany.set(session, writer(session), "byCode", List.of(topic(session, 3))));

        assertThat(database.query("select writer_name from writer_code")).containsExactly("writer 1");
        assertThat(database.query("select topic_code from writer_code")).containsExactly("topic 3");
    }

    @Test
    void aTableInASchemaIsWrittenThere() throws SQLException {
        factory.close();
        open(Map.of("hibernate.hbm2ddl.auto", "create-drop", qualifier(), schema()));
        inTransaction(session -> {
            assertThat(ManyToMany.addMissing(session, writer(session), "topics", topic(session, 1), topic(session, 2)))
                    .isEqualTo(2);
            assertThat(ManyToMany.set(session, writer(session), "topics", List.of(topic(session, 2))))
                    .isEqualTo(1);
        });

        assertThat(database.query("select topics_id from " + schema() + ".writer_topic"))
                .containsExactly("2");
    }

    private String qualifier() {
        return database.database().family() == Database.Family.MYSQL
                ? "hibernate.default_catalog"
                : "hibernate.default_schema";
    }

    private String schema() throws SQLException {
        return switch (database.database().family()) {
            case POSTGRESQL -> database.query("select current_schema()").get(0);
            case MYSQL -> database.query("select database()").get(0);
            case SQLITE -> "main";
        };
    }

    @Test
    void rowsWithANumberAndThoseOfAOneToManyAreRefused() {
        inTransaction(session -> {
            assertThatThrownBy(() -> ManyToMany.add(session, writer(session), "numbered", topic(session, 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Writer.numbered has an identifier in its rows");
            assertThatThrownBy(() -> ManyToMany.add(session, writer(session), "own", topic(session, 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("attribute is \"own\": it is not many-to-many");
        });
    }

    @Test
    void changesThatASessionFlushedByHandHasYetToWriteAreNotDropped() throws SQLException {
        inTransaction(session -> ManyToMany.add(session, writer(session), "topics", topic(session, 1)));
        inTransaction(session -> {
            session.setHibernateFlushMode(FlushMode.MANUAL);
            Writer writer = session.find(Writer.class, 1L);
            writer.topics.add(session.find(Topic.class, 2L));
            assertRefused(session, writer);

            session.flush();
            ManyToMany.add(session, writer, "topics", topic(session, 3));
            assertThat(writer.topics).hasSize(3);
        });
        assertThat(topics()).containsExactly("1", "2", "3");
    }

    @Test
    void norIsACollectionPutInThePlaceOfTheOther() throws SQLException {
        inTransaction(session -> ManyToMany.add(session, writer(session), "topics", topic(session, 1)));
        inTransaction(session -> {
            session.setHibernateFlushMode(FlushMode.MANUAL);
            Writer writer = session.find(Writer.class, 1L);
            writer.topics = new HashSet<>(Set.of(session.find(Topic.class, 2L)));
            assertRefused(session, writer);

            session.flush();
            ManyToMany.add(session, writer, "topics", topic(session, 3));
            assertThat(writer.topics).hasSize(2);
        });
        assertThat(topics()).containsExactly("2", "3");
    }

    private static void assertRefused(Session session, Writer writer) {
        assertThatThrownBy(() -> ManyToMany.add(session, writer, "topics", topic(session, 3)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("\"topics\" of the owner")
                .hasMessageContaining("flush mode is MANUAL")
                .hasMessageContaining("flush the session first");
    }

    @Test
    void aSessionFlushedByHandWritesLinksOfWhatItHasNotChanged() throws SQLException {
        inTransaction(session -> {
            session.setHibernateFlushMode(FlushMode.MANUAL);
            ManyToMany.add(session, writer(session), "topics", topic(session, 1));
            Writer writer = Hibernate.unproxy(writer(session), Writer.class);
            ManyToMany.add(session, writer, "topics", topic(session, 2));
            assertThat(writer.topics).hasSize(2);
            ManyToMany.add(session, writer(session), "topics", topic(session, 3));
            assertThat(writer.topics).hasSize(3);
        });
        assertThat(topics()).containsExactly("1", "2", "3");
    }
}
