/** What an operation does with entities, on every database. */
@NullMarked
package dev.dbop.hibernate.entity;

import org.jspecify.annotations.NullMarked;
