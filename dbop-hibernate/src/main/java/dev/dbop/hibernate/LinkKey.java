package dev.dbop.hibernate;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.ForeignKeyDescriptor;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.type.descriptor.java.JavaType;
import org.jspecify.annotations.Nullable;

/** One side of a link as the columns of the table have it, after conversion; equal as the types of the columns say. */
final class LinkKey {
    private final List<Value> values;

    private LinkKey(List<Value> values) {
        this.values = List.copyOf(values);
    }

    private record Value(JdbcMapping mapping, Object value) {
        @SuppressWarnings("unchecked")
        private JavaType<Object> type() {
            return (JavaType<Object>) mapping.getJdbcJavaType();
        }
    }

    /** The key of an entity at the table's side of a foreign key to it. */
    static LinkKey of(ForeignKeyDescriptor key, Object association, SharedSessionContractImplementor session) {
        List<Value> values = new ArrayList<>();
        key.getKeyPart()
                .decompose(
                        association,
                        0,
                        values,
                        session,
                        (position, into, unused, value, column) -> into.add(value(column, value)),
                        session);
        return new LinkKey(values);
    }

    /** The key in a row. */
    static LinkKey of(List<SelectableMapping> columns, ResultSet row, SharedSessionContractImplementor session)
            throws SQLException {
        List<Value> values = new ArrayList<>();
        for (SelectableMapping column : columns) {
            values.add(value(
                    column, column.getJdbcMapping().getJdbcValueExtractor().extract(row, values.size() + 1, session)));
        }
        return new LinkKey(values);
    }

    private static Value value(SelectableMapping column, @Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException(
                    "the value for column " + column.getSelectionExpression() + " is null: a link must have both keys");
        }
        return new Value(column.getJdbcMapping(), value);
    }

    /** Binds the key from a parameter on; returns the position after it. */
    int bind(PreparedStatement statement, int from, SharedSessionContractImplementor session) throws SQLException {
        int at = from;
        for (Value value : values) {
            bind(statement, at++, value, session);
        }
        return at;
    }

    @SuppressWarnings("unchecked")
    private static void bind(PreparedStatement statement, int at, Value value, SharedSessionContractImplementor session)
            throws SQLException {
        value.mapping.getJdbcValueBinder().bind(statement, value.value, at, session);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof LinkKey that) || values.size() != that.values.size()) {
            return false;
        }
        for (int i = 0; i < values.size(); i++) {
            if (!values.get(i).type().areEqual(values.get(i).value, that.values.get(i).value)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (Value value : values) {
            hash = 31 * hash + value.type().extractHashCode(value.value);
        }
        return hash;
    }
}
