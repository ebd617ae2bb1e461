package dev.dbop.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RealDatabase(Database.SQLITE)
final class SessionContextFilterTest {
    private final TestDatabase database;
    private SessionFactory factory;

    SessionContextFilterTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() throws SQLException {
        database.execute("drop table if exists note", "create table note (text varchar(20))");
        factory = Factories.over(database.dataSource(), database.database());
    }

    @AfterEach
    void close() {
        factory.close();
    }

    private void request(int status, FilterChain chain) throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> null);
        HttpServletResponse response = (HttpServletResponse) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (proxy, method, arguments) -> status);
        new SessionContextFilter(factory).doFilter(request, response, chain);
    }

    private void note() {
        Session session = SessionContext.current(factory);
        session.beginTransaction();
        NativeSql.execute(session, "insert into note values ('x')");
    }

    @Test
    void commitsWhenTheResponseIsWell() throws Exception {
        request(200, (request, response) -> note());

        assertThat(database.number("select count(*) from note")).isEqualTo(1);
    }

    @Test
    void rollsBackWhenTheResponseIsAnErrorOrThereIsNone() throws Exception {
        request(500, (request, response) -> note());
        assertThatThrownBy(() -> request(200, (request, response) -> {
                    note();
                    throw new ServletException("broken");
                }))
                .hasMessage("broken");

        assertThat(database.number("select count(*) from note")).isZero();
    }
}
