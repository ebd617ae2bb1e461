package dev.dbop.hibernate;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.hibernate.engine.jdbc.spi.JdbcCoordinator;
import org.hibernate.engine.spi.SharedSessionContractImplementor;

/** The rows of one owner. Statements go Hibernate's way, so that it logs, counts and inspects them. */
final class LinkRows {
    /** Few enough for every database's limit of parameters with composite keys. */
    private static final int AT_ONCE = 500;

    private final SharedSessionContractImplementor session;
    private final LinkMapping mapping;
    private final LinkKey owner;

    LinkRows(SharedSessionContractImplementor session, LinkMapping mapping, LinkKey owner) {
        this.session = session;
        this.mapping = mapping;
        this.owner = owner;
    }

    /** Inserts with the statement for so many rows; returns the count the driver tells. */
    int insert(Collection<LinkKey> related, IntFunction<String> sql) {
        int count = 0;
        for (List<LinkKey> some : parts(related)) {
            count += update(sql.apply(some.size()), statement -> {
                int at = 1;
                for (LinkKey each : some) {
                    at = each.bind(statement, owner.bind(statement, at, session), session);
                }
            });
        }
        return count;
    }

    int delete(Collection<LinkKey> related) {
        int count = 0;
        for (List<LinkKey> some : parts(related)) {
            count += update(mapping.sql().delete(some.size()), statement -> bind(statement, some));
        }
        return count;
    }

    Set<LinkKey> all() {
        return query(mapping.sql().select(), statement -> bind(statement, List.of()));
    }

    Set<LinkKey> among(Collection<LinkKey> related) {
        Set<LinkKey> found = new HashSet<>();
        for (List<LinkKey> some : parts(related)) {
            found.addAll(query(mapping.sql().selectAmong(some.size()), statement -> bind(statement, some)));
        }
        return found;
    }

    private void bind(PreparedStatement statement, List<LinkKey> related) throws SQLException {
        int at = owner.bind(statement, 1, session);
        for (LinkKey each : related) {
            at = each.bind(statement, at, session);
        }
    }

    private static List<List<LinkKey>> parts(Collection<LinkKey> all) {
        List<LinkKey> list = List.copyOf(all);
        List<List<LinkKey>> parts = new ArrayList<>();
        for (int from = 0; from < list.size(); from += AT_ONCE) {
            parts.add(list.subList(from, Math.min(from + AT_ONCE, list.size())));
        }
        return parts;
    }

    private int update(String sql, Binding binding) {
        return with(sql, binding, statement -> jdbc().getResultSetReturn().executeUpdate(statement, sql));
    }

    private Set<LinkKey> query(String sql, Binding binding) {
        return with(sql, binding, statement -> {
            Set<LinkKey> found = new HashSet<>();
            ResultSet rows = jdbc().getResultSetReturn().extract(statement, sql);
            while (rows.next()) {
                found.add(LinkKey.of(mapping.relatedColumns(), rows, session));
            }
            return found;
        });
    }

    private <T> T with(String sql, Binding binding, Execution<T> execution) {
        PreparedStatement statement = jdbc().getStatementPreparer().prepareStatement(sql);
        try {
            binding.bind(statement);
            return execution.execute(statement);
        } catch (SQLException failure) {
            throw session.getJdbcServices().getSqlExceptionHelper().convert(failure, "could not write links", sql);
        } finally {
            jdbc().getLogicalConnection().getResourceRegistry().release(statement);
            jdbc().afterStatementExecution();
        }
    }

    private JdbcCoordinator jdbc() {
        return session.getJdbcCoordinator();
    }

    private interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }

    private interface Execution<T> {
        T execute(PreparedStatement statement) throws SQLException;
    }
}
