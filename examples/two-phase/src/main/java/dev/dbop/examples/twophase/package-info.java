/** Money moved between PostgreSQL and MariaDB by a process that is killed midway; recovery finishes what it left. */
@NullMarked
package dev.dbop.examples.twophase;

import org.jspecify.annotations.NullMarked;
