package dev.dbop.vertx;

import io.vertx.core.Future;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Query;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collector;

/** A query of an operation: every execution is heard of. */
class AttemptQuery<T> implements Query<T> {
    final VertxAttempt attempt;
    final String sql;
    private final Query<T> query;

    private AttemptQuery(VertxAttempt attempt, Query<T> query, String sql) {
        this.attempt = attempt;
        this.query = query;
        this.sql = sql;
    }

    static <T> Query<T> of(VertxAttempt attempt, Query<T> query, String sql) {
        return query instanceof PreparedQuery<T> prepared
                ? new Prepared<>(attempt, prepared, sql)
                : new AttemptQuery<>(attempt, query, sql);
    }

    @Override
    public final Future<T> execute() {
        return attempt.run(sql, query::execute);
    }

    @Override
    public <R> Query<SqlResult<R>> collecting(Collector<Row, ?, R> collector) {
        return new AttemptQuery<>(attempt, query.collecting(collector), sql);
    }

    @Override
    public <U> Query<RowSet<U>> mapping(Function<Row, U> mapper) {
        return new AttemptQuery<>(attempt, query.mapping(mapper), sql);
    }

    /** A prepared one. */
    static final class Prepared<T> extends AttemptQuery<T> implements PreparedQuery<T> {
        private final PreparedQuery<T> prepared;

        Prepared(VertxAttempt attempt, PreparedQuery<T> query, String sql) {
            super(attempt, query, sql);
            this.prepared = query;
        }

        @Override
        public Future<T> execute(Tuple tuple) {
            return attempt.run(sql, () -> prepared.execute(tuple));
        }

        @Override
        public Future<T> executeBatch(List<Tuple> batch) {
            return attempt.run(sql, () -> prepared.executeBatch(batch));
        }

        @Override
        public <R> PreparedQuery<SqlResult<R>> collecting(Collector<Row, ?, R> collector) {
            return new Prepared<>(attempt, prepared.collecting(collector), sql);
        }

        @Override
        public <U> PreparedQuery<RowSet<U>> mapping(Function<Row, U> mapper) {
            return new Prepared<>(attempt, prepared.mapping(mapper), sql);
        }
    }
}
