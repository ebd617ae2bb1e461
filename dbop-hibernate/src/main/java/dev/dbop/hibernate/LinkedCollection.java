package dev.dbop.hibernate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import org.hibernate.CacheMode;
import org.hibernate.Hibernate;
import org.hibernate.cache.spi.CacheImplementor;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.CollectionEntry;
import org.hibernate.engine.spi.CollectionKey;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.persister.collection.CollectionPersister;
import org.jspecify.annotations.Nullable;

/** What session and caches hold of the rows of one owner. */
final class LinkedCollection {
    private final SessionImplementor session;
    private final LinkMapping mapping;
    private final Object key;

    LinkedCollection(SessionImplementor session, LinkMapping mapping, Object key) {
        this.session = session;
        this.mapping = mapping;
        this.key = key;
    }

    /** Whether something was done to the collection, or in its place, that a flush has yet to write. */
    boolean isPending(Object owner, String attribute) {
        PersistenceContext context = session.getPersistenceContextInternal();
        Object entity = Hibernate.isInitialized(owner) ? Hibernate.unproxy(owner) : null;
        EntityEntry entry = entity == null ? null : context.getEntry(entity);
        if (entity == null || entry == null) {
            return false;
        }
        PersistentCollection<?> known = context.getCollection(new CollectionKey(mapping.collection(), key));
        Object held = entry.getPersister().getPropertyValue(entity, attribute);
        boolean replaced = (held == null || held instanceof Collection) && !isSame(held, known);
        return replaced || (known != null && known.isDirty());
    }

    /** The very object: that it equals the other would say nothing, and load it. */
    private static boolean isSame(@Nullable Object one, @Nullable Object other) {
        IdentityHashMap<@Nullable Object, Boolean> known = new IdentityHashMap<>();
        known.put(one, true);
        return known.containsKey(other);
    }

    /** Has session and caches notice that rows were written. */
    void changed() {
        forget();
        reload();
    }

    /** Reads a loaded collection again, in the instance the session has, and leaves it with nothing to flush. */
    @SuppressWarnings("unchecked")
    private void reload() {
        PersistenceContext context = session.getPersistenceContextInternal();
        PersistentCollection<?> loaded = context.getCollection(new CollectionKey(mapping.collection(), key));
        CollectionEntry entry = loaded == null ? null : context.getCollectionEntry(loaded);
        if (loaded == null || entry == null || !loaded.wasInitialized()) {
            return;
        }
        Collection<Object> elements = (Collection<Object>) loaded;
        List<Object> rows = read(loaded);
        elements.clear();
        elements.addAll(rows);
        entry.postInitialize(loaded, session);
        loaded.postAction();
    }

    /** Loads as the mapping says, into a collection that takes the other's place for as long. */
    private List<Object> read(PersistentCollection<?> loaded) {
        PersistenceContext context = session.getPersistenceContextInternal();
        CollectionPersister persister = mapping.collection();
        CollectionKey place = new CollectionKey(persister, key);
        PersistentCollection<?> fresh = persister.getCollectionSemantics().instantiateWrapper(key, persister, session);
        fresh.setOwner(loaded.getOwner());
        CacheMode before = session.getCacheMode();
        session.setCacheMode(CacheMode.IGNORE);
        try {
            // A place that is taken would be taken from its holder, with its entry.
            context.removeCollectionByKey(place);
            context.addUninitializedCollection(persister, fresh, key);
            session.initializeCollection(fresh, false);
            return new ArrayList<>((Collection<?>) fresh);
        } finally {
            session.setCacheMode(before);
            context.removeCollectionEntry(fresh);
            context.addCollectionByKey(place, loaded);
            fresh.unsetSession(session);
        }
    }

    /** Now, and again when the transaction ends: until then others may put in what they still see. */
    private void forget() {
        SessionFactoryImplementor factory = session.getFactory();
        List<String> others = cachedOtherSides();
        boolean queries = factory.getSessionFactoryOptions().isQueryCacheEnabled();
        if (!queries && !mapping.collection().hasCache() && others.isEmpty()) {
            return;
        }
        CacheImplementor cache = factory.getCache();
        String[] spaces = {mapping.owner().getKeyTable()};
        cache.getTimestampsCache().preInvalidate(spaces, session);
        evict(others);
        TransactionEnd.await(session, committed -> {
            evict(others);
            cache.getTimestampsCache().invalidate(spaces, session);
        });
    }

    private void evict(List<String> others) {
        CacheImplementor cache = session.getFactory().getCache();
        if (mapping.collection().hasCache()) {
            cache.evictCollectionData(mapping.collection().getRole(), key);
        }
        others.forEach(cache::evictCollectionData);
    }

    private List<String> cachedOtherSides() {
        List<String> roles = new ArrayList<>();
        mapping.related()
                .getAssociatedEntityMappingType()
                .forEachAttributeMapping((int position, AttributeMapping each) -> {
                    if (each instanceof PluralAttributeMapping plural
                            && plural.getCollectionDescriptor().isInverse()
                            && plural.getCollectionDescriptor().hasCache()
                            && plural.getKeyDescriptor()
                                    .getKeyTable()
                                    .equals(mapping.owner().getKeyTable())) {
                        roles.add(plural.getCollectionDescriptor().getRole());
                    }
                });
        return roles;
    }
}
