package dev.dbop.hibernate;

import dev.dbop.sql.Database;
import java.sql.DatabaseMetaData;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.hibernate.FlushMode;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.metamodel.mapping.ForeignKeyDescriptor;

/** The links of one owner through one attribute, in one session. */
final class Links {
    private final SessionImplementor session;
    private final Object owner;
    private final String attribute;
    private final LinkMapping mapping;
    private final LinkEntities entities;

    private Links(
            SessionImplementor session, Object owner, String attribute, LinkMapping mapping, LinkEntities entities) {
        this.session = session;
        this.owner = owner;
        this.attribute = attribute;
        this.mapping = mapping;
        this.entities = entities;
    }

    static Links of(SessionImplementor session, Object owner, String attribute) {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(attribute, "attribute");
        if (!session.isTransactionInProgress()) {
            throw new IllegalStateException(
                    "the session is in no active transaction: links are written in one; begin it,"
                            + " or use HibernateScope.transaction");
        }
        LinkEntities entities = new LinkEntities(session);
        return new Links(
                session, owner, attribute, LinkMapping.of(entities.typeOf("owner", owner), attribute), entities);
    }

    int add(Collection<?> related) {
        return write(related, (rows, wanted) -> rows.insert(wanted, mapping.sql()::insert));
    }

    int addMissing(Collection<?> related) {
        return write(related, this::insertMissing);
    }

    int remove(Collection<?> related) {
        return write(related, LinkRows::delete);
    }

    int set(Collection<?> related) {
        return write(related, (rows, wanted) -> {
            Set<LinkKey> there = rows.all();
            List<LinkKey> unwanted =
                    there.stream().filter(each -> !wanted.contains(each)).toList();
            Set<LinkKey> missing = new LinkedHashSet<>(wanted);
            missing.removeAll(there);
            Database database = database();
            return rows.delete(unwanted)
                    + rows.insert(missing, count -> mapping.sql().insertMissing(database, count));
        });
    }

    /** Where the count of rows may be that of those found, only what is missing may be sent. */
    private int insertMissing(LinkRows rows, Set<LinkKey> wanted) {
        Database database = database();
        Set<LinkKey> missing = new LinkedHashSet<>(wanted);
        if (database.family() == Database.Family.MYSQL) {
            missing.removeAll(rows.among(wanted));
        }
        return rows.insert(missing, count -> mapping.sql().insertMissing(database, count));
    }

    private int write(Collection<?> related, Writing writing) {
        List<Object> checked = checked(related);
        flush(checked);
        ForeignKeyDescriptor keys = mapping.owner();
        Object key = keys.getAssociationKeyFromSide(owner, keys.getTargetSide(), session);
        LinkedCollection collection = new LinkedCollection(session, mapping, key);
        refusePending(collection);
        ForeignKeyDescriptor others = mapping.related().getForeignKeyDescriptor();
        Set<LinkKey> wanted = new LinkedHashSet<>();
        for (Object each : checked) {
            Object other = others.getAssociationKeyFromSide(each, others.getTargetSide(), session);
            wanted.add(LinkKey.of(others, other, session));
        }
        int count = writing.write(new LinkRows(session, mapping, LinkKey.of(keys, key, session)), wanted);
        collection.changed();
        return count;
    }

    private List<Object> checked(Collection<?> related) {
        entities.checkState("owner", owner);
        List<Object> checked = new ArrayList<>();
        for (Object each : related) {
            Objects.requireNonNull(each, "related");
            entities.typeOf("related", each);
            entities.checkType(each, mapping.related().getAssociatedEntityMappingType(), attribute);
            entities.checkState("related", each);
            checked.add(each);
        }
        return checked;
    }

    private void flush(List<Object> related) {
        if (!isFlushedByHand()) {
            session.flush();
            return;
        }
        entities.checkInserted("owner", owner);
        related.forEach(each -> entities.checkInserted("related", each));
    }

    /** They would be lost when the collection is read again, or undo what is written now. */
    private void refusePending(LinkedCollection collection) {
        if (isFlushedByHand() && collection.isPending(owner, attribute)) {
            throw new IllegalStateException("\"" + attribute + "\" of the owner, a "
                    + owner.getClass().getName()
                    + ", has changes that are not flushed, and the flush mode is MANUAL: its rows can be written only when"
                    + " they are those of the collection; flush the session first");
        }
    }

    private boolean isFlushedByHand() {
        return session.getHibernateFlushMode() == FlushMode.MANUAL;
    }

    private Database database() {
        return session.doReturningWork(connection -> {
            DatabaseMetaData data = connection.getMetaData();
            return Database.of(data.getDatabaseProductName(), data.getDatabaseProductVersion());
        });
    }

    private interface Writing {
        int write(LinkRows rows, Set<LinkKey> wanted);
    }
}
