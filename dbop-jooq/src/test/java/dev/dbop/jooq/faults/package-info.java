/** Every fault that jOOQ's users meet, provoked for real through jOOQ: what is undone, what is run again, what is thrown. */
@NullMarked
package dev.dbop.jooq.faults;

import org.jspecify.annotations.NullMarked;
