package dev.dbop.examples.mariadb;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The loop one finds in many applications: after a deadlock it runs the statement again. Do not copy it. */
final class LoopedShop {
    private static final int DEADLOCK = 1213;
    private static final int TRIES = 5;

    private final DataSource dataSource;

    LoopedShop(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    void order(String customer, int... articles) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            Shop.book(connection, customer);
            for (int article : articles) {
                reserve(connection, article);
            }
            connection.commit();
        }
    }

    private static void reserve(Connection connection, int article) throws SQLException {
        for (int tries = 1; ; tries++) {
            try {
                Shop.reserve(connection, article);
                return;
            } catch (SQLException failure) {
                if (failure.getErrorCode() != DEADLOCK || tries == TRIES) {
                    throw failure;
                }
            }
        }
    }
}
