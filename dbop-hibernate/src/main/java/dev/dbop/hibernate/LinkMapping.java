package dev.dbop.hibernate;

import dev.dbop.sql.LinkSql;
import jakarta.persistence.OneToMany;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.ForeignKeyDescriptor;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.metamodel.mapping.ValuedModelPart;
import org.hibernate.metamodel.mapping.internal.ManyToManyCollectionPart;
import org.hibernate.persister.collection.CollectionPersister;

/** An association as Hibernate has it: its table, and the columns of both sides. */
record LinkMapping(
        CollectionPersister collection,
        ForeignKeyDescriptor owner,
        ManyToManyCollectionPart related,
        List<SelectableMapping> relatedColumns,
        LinkSql sql) {

    static LinkMapping of(EntityMappingType entity, String attribute) {
        PluralAttributeMapping plural = manyToMany(entity, attribute);
        refuseUnwritable(entity, attribute, plural);
        ForeignKeyDescriptor owner = plural.getKeyDescriptor();
        ManyToManyCollectionPart related = (ManyToManyCollectionPart) plural.getElementDescriptor();
        List<SelectableMapping> columns =
                columns(related.getForeignKeyDescriptor().getKeyPart());
        LinkSql sql = LinkSql.of(owner.getKeyTable(), names(columns(owner.getKeyPart())), names(columns));
        return new LinkMapping(plural.getCollectionDescriptor(), owner, related, columns, sql);
    }

    private static PluralAttributeMapping manyToMany(EntityMappingType entity, String attribute) {
        AttributeMapping found = entity.findAttributeMapping(attribute);
        if (found != null && isManyToMany(found)) {
            return (PluralAttributeMapping) found;
        }
        List<String> names = new ArrayList<>();
        entity.forEachAttributeMapping((int position, AttributeMapping each) -> {
            if (isManyToMany(each)) {
                names.add(each.getAttributeName());
            }
        });
        throw new IllegalArgumentException("attribute is \"" + attribute + "\": "
                + (found == null ? entity.getEntityName() + " has none of that name" : "it is not many-to-many")
                + "; must be one of " + names);
    }

    /** A one-to-many with a table looks the same, but its links exclude those of other owners. */
    private static boolean isManyToMany(AttributeMapping attribute) {
        return attribute instanceof PluralAttributeMapping plural
                && plural.getElementDescriptor() instanceof ManyToManyCollectionPart
                && !(plural.getPropertyAccess().getGetter().getMember() instanceof AnnotatedElement member
                        && member.isAnnotationPresent(OneToMany.class));
    }

    private static void refuseUnwritable(EntityMappingType entity, String attribute, PluralAttributeMapping plural) {
        CollectionPersister collection = plural.getCollectionDescriptor();
        String name = entity.getEntityName() + "." + attribute;
        if (collection.isInverse()) {
            EntityMappingType other =
                    ((ManyToManyCollectionPart) plural.getElementDescriptor()).getAssociatedEntityMappingType();
            throw new IllegalArgumentException(name + " is the inverse side, mapped by " + other.getEntityName() + "."
                    + collection.getMappedByProperty() + ": must be the owning side; exchange owner and related");
        }
        String more = null;
        if (plural.getIndexDescriptor() != null) {
            more = "a position or key";
        } else if (plural.getIdentifierDescriptor() != null) {
            more = "an identifier";
        } else if (plural.getSoftDeleteMapping() != null) {
            more = "a mark of soft delete";
        } else if (!collection.isMutable()) {
            throw new IllegalArgumentException(name + " is immutable: its links must not be written");
        }
        if (more != null) {
            throw new IllegalArgumentException(
                    name + " has " + more
                            + " in its rows, which must be the two keys alone; change the collection itself, or map it as a Set");
        }
    }

    private static List<SelectableMapping> columns(ValuedModelPart key) {
        List<SelectableMapping> columns = new ArrayList<>();
        key.forEachSelectable((position, column) -> columns.add(column));
        return columns;
    }

    private static List<String> names(List<SelectableMapping> columns) {
        return columns.stream().map(SelectableMapping::getSelectionExpression).toList();
    }
}
