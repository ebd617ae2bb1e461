package dev.dbop.hibernate;

import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.util.Arrays;
import java.util.Collection;
import org.hibernate.engine.spi.SessionImplementor;

/**
 * Links of a many-to-many association, written into its table without loading the collection: by the mapping's own table,
 * columns and types, composite keys included. The name is that of the attribute, and the side must be the owning one.
 *
 * <p>What the session has pending is flushed first, as before a native query; the entities must be persistent, or detached
 * with an identifier, which the table's foreign keys then check. A transaction must be active. The links are sent with a few
 * statements of many rows each, 500 at most. A link named twice in a call is written once.
 *
 * <p>If the owner's collection is loaded in the session it is read again in place (one query), so that it shows the rows and
 * has nothing to flush; what it lacks, or has in excess, because of other transactions is mended with it. Collections of the
 * other side are left as they are. The second-level cache forgets the collection, and those of the other side, at once and
 * when the transaction ends; so does the query cache.
 *
 * <p>It is SQL, and neither Hibernate's cascades and listeners nor {@code @SQLInsert} have a part in it; the owner's version
 * is not raised. Restrictions ({@code @SQLRestriction}, {@code @SQLJoinTableRestriction}) and filters hide rows from a
 * collection, not from {@link #set}, which deletes them too.
 *
 * <p>For conflicts to be noticed, or ignored, the table needs a unique key over its columns, and no other: a conflict with
 * that would be ignored as well. Hibernate's schema export makes one for a {@code Set}, none for a {@code List}. A {@code
 * @OneToMany} with a table of its own is refused, since there a link excludes those of other owners. So is what has more than
 * the two keys in a row: a list with an order column, a map, a collection with identifiers, or one with soft delete.
 *
 * <p>No state of its own; as little thread-safe as the session.
 */
public final class ManyToMany {
    private ManyToMany() {}

    /**
     * Adds links. One that is there already is a failure if the table has a unique key.
     *
     * @param session in an active transaction
     * @param owner an entity
     * @param attribute the name of its collection
     * @param related entities to link it to
     * @return how many rows were inserted
     * @throws IllegalArgumentException if the attribute is not one that can be written, or an entity is transient or removed
     * @throws IllegalStateException if no transaction is active, or a session with flush mode {@code MANUAL} has yet to
     *     insert an entity or to write changes of the collection
     * @throws PersistenceException if the database refuses; {@code ConstraintViolationException} for a link that is there,
     *     if the dialect knows the database's error
     */
    public static int add(EntityManager session, Object owner, String attribute, Object... related) {
        return add(session, owner, attribute, Arrays.asList(related));
    }

    /**
     * Adds links, as {@link #add(EntityManager, Object, String, Object...)}.
     *
     * @param session in an active transaction
     * @param owner an entity
     * @param attribute the name of its collection
     * @param related entities to link it to
     * @return how many rows were inserted
     * @throws IllegalArgumentException if the attribute is not one that can be written, or an entity is transient or removed
     * @throws IllegalStateException if no transaction is active, or a session with flush mode {@code MANUAL} has yet to
     *     insert an entity or to write changes of the collection
     * @throws PersistenceException if the database refuses
     */
    public static int add(EntityManager session, Object owner, String attribute, Collection<?> related) {
        return links(session, owner, attribute).add(related);
    }

    /**
     * Adds the links that are not there, whoever has added the others: conflicts are ignored, no other failure is.
     *
     * @param session in an active transaction
     * @param owner an entity
     * @param attribute the name of its collection
     * @param related entities to link it to
     * @return how many rows were inserted. On MySQL and MariaDB, whose drivers count the rows found by default, a link that
     *     another transaction adds at the same moment counts as inserted; those that were there are looked up first
     * @throws IllegalArgumentException if the attribute is not one that can be written, an entity is transient or removed,
     *     or the database is not one dbop knows
     * @throws IllegalStateException if no transaction is active, or a session with flush mode {@code MANUAL} has yet to
     *     insert an entity or to write changes of the collection
     * @throws PersistenceException if the database refuses
     */
    public static int addMissing(EntityManager session, Object owner, String attribute, Object... related) {
        return addMissing(session, owner, attribute, Arrays.asList(related));
    }

    /**
     * Adds the links that are not there, as {@link #addMissing(EntityManager, Object, String, Object...)}.
     *
     * @param session in an active transaction
     * @param owner an entity
     * @param attribute the name of its collection
     * @param related entities to link it to
     * @return how many rows were inserted, with the same reservation
     * @throws IllegalArgumentException if the attribute is not one that can be written, an entity is transient or removed,
     *     or the database is not one dbop knows
     * @throws IllegalStateException if no transaction is active, or a session with flush mode {@code MANUAL} has yet to
     *     insert an entity or to write changes of the collection
     * @throws PersistenceException if the database refuses
     */
    public static int addMissing(EntityManager session, Object owner, String attribute, Collection<?> related) {
        return links(session, owner, attribute).addMissing(related);
    }

    /**
     * Removes links. One that is not there is no failure.
     *
     * @param session in an active transaction
     * @param owner an entity
     * @param attribute the name of its collection
     * @param related entities it is not to be linked to
     * @return how many rows were deleted
     * @throws IllegalArgumentException if the attribute is not one that can be written, or an entity is transient or removed
     * @throws IllegalStateException if no transaction is active, or a session with flush mode {@code MANUAL} has yet to
     *     insert an entity or to write changes of the collection
     * @throws PersistenceException if the database refuses
     */
    public static int remove(EntityManager session, Object owner, String attribute, Object... related) {
        return remove(session, owner, attribute, Arrays.asList(related));
    }

    /**
     * Removes links, as {@link #remove(EntityManager, Object, String, Object...)}.
     *
     * @param session in an active transaction
     * @param owner an entity
     * @param attribute the name of its collection
     * @param related entities it is not to be linked to
     * @return how many rows were deleted
     * @throws IllegalArgumentException if the attribute is not one that can be written, or an entity is transient or removed
     * @throws IllegalStateException if no transaction is active, or a session with flush mode {@code MANUAL} has yet to
     *     insert an entity or to write changes of the collection
     * @throws PersistenceException if the database refuses
     */
    public static int remove(EntityManager session, Object owner, String attribute, Collection<?> related) {
        return links(session, owner, attribute).remove(related);
    }

    /**
     * Makes the links of an owner exactly these: reads the rows, deletes those not wanted and adds the missing as {@link
     * #addMissing(EntityManager, Object, String, Collection)} does. Links that other transactions add at the same time may
     * remain; lock the owner where that matters.
     *
     * @param session in an active transaction
     * @param owner an entity
     * @param attribute the name of its collection
     * @param related all entities it is to be linked to; may be empty
     * @return how many rows were deleted and inserted
     * @throws IllegalArgumentException if the attribute is not one that can be written, an entity is transient or removed,
     *     or the database is not one dbop knows
     * @throws IllegalStateException if no transaction is active, or a session with flush mode {@code MANUAL} has yet to
     *     insert an entity or to write changes of the collection
     * @throws PersistenceException if the database refuses
     */
    public static int set(EntityManager session, Object owner, String attribute, Collection<?> related) {
        return links(session, owner, attribute).set(related);
    }

    private static Links links(EntityManager session, Object owner, String attribute) {
        return Links.of(session.unwrap(SessionImplementor.class), owner, attribute);
    }
}
