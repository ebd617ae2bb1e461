/** Attempts in which jOOQ runs its queries. Start with {@link dev.dbop.jooq.JooqScope}. */
@NullMarked
package dev.dbop.jooq;

import org.jspecify.annotations.NullMarked;
