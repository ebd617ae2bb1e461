/** Attempts in which Hibernate ORM runs its sessions. */
module dev.dbop.hibernate {
    requires transitive dev.dbop.jdbc;
    requires transitive org.hibernate.orm.core;
    requires transitive jakarta.persistence;
    requires java.naming;
    requires org.slf4j;
    requires static org.jspecify;
    requires static org.checkerframework.checker.qual;

    exports dev.dbop.hibernate;
}
