/** Pages of the reference that are generated from code. */
@NullMarked
package dev.dbop.docs.reference;

import org.jspecify.annotations.NullMarked;
