/** Orders on MariaDB that survive a deadlock and a lock timeout in one of their steps. */
@NullMarked
package dev.dbop.examples.mariadb;

import org.jspecify.annotations.NullMarked;
