package dev.dbop.hibernate;

// snippet: filter
import jakarta.persistence.EntityManagerFactory;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** A session for every request. */
final class SessionContextFilter implements Filter {
    private final EntityManagerFactory factory;

    SessionContextFilter(EntityManagerFactory factory) {
        this.factory = factory;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try (SessionContext context = SessionContext.open(factory)) {
            chain.doFilter(request, response);
            if (((HttpServletResponse) response).getStatus() < 400) {
                context.succeeded();
            }
        }
    }
}
// end snippet
