/** Attempts in which jOOQ runs its queries. */
module dev.dbop.jooq {
    requires transitive dev.dbop.jdbc;
    requires transitive org.jooq;
    requires org.slf4j;
    requires static jakarta.xml.bind;
    requires static org.jspecify;

    exports dev.dbop.jooq;
}
