package dev.dbop.hibernate;

import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.jspecify.annotations.Nullable;

/** What may stand at either end of a link. */
final class LinkEntities {
    private final SessionImplementor session;

    LinkEntities(SessionImplementor session) {
        this.session = session;
    }

    /** Returns what is mapped of an entity's class; refuses what is none. */
    EntityPersister typeOf(String what, Object given) {
        LazyInitializer lazy = HibernateProxy.extractLazyInitializer(given);
        String name = lazy == null ? given.getClass().getName() : lazy.getEntityName();
        EntityPersister type = session.getFactory().getMappingMetamodel().findEntityDescriptor(name);
        if (type == null) {
            throw new IllegalArgumentException(
                    what + " is a " + name + ": must be an entity of the session's factory; pass one");
        }
        return type;
    }

    /** Refuses what is not of a type; a proxy not loaded yet says too little of itself, and is loaded if need be. */
    void checkType(Object given, EntityMappingType type, String attribute) {
        Class<?> wanted = type.getMappedJavaType().getJavaTypeClass();
        LazyInitializer lazy = HibernateProxy.extractLazyInitializer(given);
        Object entity = lazy == null || wanted.isInstance(given) ? given : lazy.getImplementation();
        if (!wanted.isInstance(entity)) {
            throw new IllegalArgumentException(
                    "related is a " + entity.getClass().getName() + ": must be a " + type.getEntityName() + ", as \""
                            + attribute + "\" has them; pass one of those");
        }
    }

    /** Refuses what has no row, or is about to lose it. */
    void checkState(String what, Object given) {
        Object entity = loaded(given);
        if (entity == null) {
            return;
        }
        EntityPersister type = session.getEntityPersister(null, entity);
        EntityEntry entry = session.getPersistenceContextInternal().getEntry(entity);
        if (entry == null && Boolean.TRUE.equals(type.isTransient(entity, session))) {
            throw new IllegalArgumentException(what + " is a transient " + type.getEntityName()
                    + ": must be persistent, or have an identifier; persist it first");
        }
        if (entry != null && entry.getStatus().isDeletedOrGone()) {
            throw new IllegalArgumentException(what + " is a removed " + type.getEntityName() + " (id " + entry.getId()
                    + "): must not be; links of what is removed go with it");
        }
    }

    /** After the flush. */
    void checkInserted(String what, Object given) {
        Object entity = loaded(given);
        EntityEntry entry =
                entity == null ? null : session.getPersistenceContextInternal().getEntry(entity);
        if (entry != null && !entry.isExistsInDatabase()) {
            throw new IllegalStateException(what + " is a " + entry.getEntityName() + " (id " + entry.getId()
                    + ") that is not inserted yet, and the flush mode is MANUAL: flush the session first");
        }
    }

    /** Null for a proxy that is not loaded: it has an identifier, and that is all that is known of it. */
    private static @Nullable Object loaded(Object given) {
        LazyInitializer lazy = HibernateProxy.extractLazyInitializer(given);
        if (lazy == null) {
            return given;
        }
        return lazy.isUninitialized() ? null : lazy.getImplementation();
    }
}
