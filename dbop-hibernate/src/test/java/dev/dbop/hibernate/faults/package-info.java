/** Faults of real servers, provoked for real and met by entities. */
@NullMarked
package dev.dbop.hibernate.faults;

import org.jspecify.annotations.NullMarked;
