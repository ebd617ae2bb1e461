/**
 * Attempts for Hibernate ORM: {@link dev.dbop.hibernate.HibernateScope} opens a fresh session on every attempt, on a
 * connection whose transaction or savepoint dbop begins, watches and ends.
 */
@NullMarked
package dev.dbop.hibernate;

import org.jspecify.annotations.NullMarked;
