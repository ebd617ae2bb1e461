package dev.dbop.hibernate;

import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.hibernate.CacheMode;
import org.hibernate.Hibernate;
import org.hibernate.HibernateException;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * One look at an entity, and how two compare: by the types of its mapping.
 *
 * @param only the attributes that count; empty for all that can be compared
 */
record EntityLook<T>(SessionFactoryImplementor factory, Class<T> entity, Object id, List<String> only) {
    static <T> EntityLook<T> of(SessionFactoryImplementor factory, Class<T> entity, Object id) {
        // By what both lines of Hibernate declare alike; refuses what is no entity.
        EntityManagerFactory jpa = factory;
        jpa.getMetamodel().entity(Objects.requireNonNull(entity, "entity"));
        return new EntityLook<>(factory, entity, Objects.requireNonNull(id, "id of the entity to watch"), List.of());
    }

    private EntityPersister persister() {
        return factory.getMappingMetamodel().getEntityDescriptor(entity);
    }

    EntityLook<T> only(String... names) {
        List<String> chosen = List.copyOf(Arrays.asList(names));
        TreeSet<String> comparable = new TreeSet<>();
        factory.getMappingMetamodel().forEachEntityDescriptor(each -> {
            if (entity.isAssignableFrom(each.getMappedClass())) {
                comparable.addAll(comparable(each));
            }
        });
        for (String name : chosen) {
            if (!comparable.contains(name)) {
                throw new IllegalArgumentException(
                        "attribute " + name + " of " + entity.getSimpleName() + " cannot be watched: must be one of "
                                + comparable + ", no collection and not fetched lazily");
            }
        }
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException(
                    "attributes is []: must be one at least; leave it unset to watch all attributes");
        }
        return new EntityLook<>(factory, entity, id, chosen);
    }

    private static List<String> comparable(EntityPersister persister) {
        String[] names = persister.getPropertyNames();
        return Arrays.stream(names)
                .filter(name -> isComparable(persister, Arrays.asList(names).indexOf(name)))
                .toList();
    }

    private static boolean isComparable(EntityPersister persister, int property) {
        return !persister.getPropertyTypes()[property].isCollectionType()
                && !persister.getPropertyLaziness()[property];
    }

    /** Loads the entity past every cache. */
    @Nullable
    T at(Connection connection) throws SQLException {
        SessionFactory opener = factory;
        try (StatelessSession session =
                opener.withStatelessOptions().connection(connection).openStatelessSession()) {
            SharedSessionContractImplementor own = (SharedSessionContractImplementor) session;
            // Hibernate 6.6 has no other mode here, and refuses to be told.
            if (own.getCacheMode() != CacheMode.IGNORE) {
                own.setCacheMode(CacheMode.IGNORE);
            }
            return session.get(entity, id);
        }
    }

    /** The entity itself, of whose attributes a proxy shows none. */
    T unproxied(T seen) {
        return entity.cast(Hibernate.unproxy(seen));
    }

    /** Whether two looks found the same. */
    boolean same(T one, T other) {
        EntityPersister persister = persister().getSubclassEntityPersister(one, factory);
        if (!persister.equals(persister().getSubclassEntityPersister(other, factory))) {
            return false;
        }
        String[] names = persister.getPropertyNames();
        Type[] types = persister.getPropertyTypes();
        for (int i = 0; i < names.length; i++) {
            boolean counts = only.isEmpty() ? isComparable(persister, i) : only.contains(names[i]);
            if (counts && !same(types[i], persister.getValue(one, i), persister.getValue(other, i))) {
                return false;
            }
        }
        return true;
    }

    private boolean same(Type type, @Nullable Object one, @Nullable Object other) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return type.isEqual(one, other, factory);
    }

    /** What a session would throw for it. */
    HibernateException converted(SQLException failure) {
        return factory.getJdbcServices().getSqlExceptionHelper().convert(failure, "could not look at " + this);
    }

    /** The entity, for messages. */
    @Override
    public String toString() {
        return "row of entity " + entity.getSimpleName() + " with id=" + id;
    }
}
