/** The code of the pages that lead from other ways of retrying to dbop. */
@NullMarked
package dev.dbop.docs.migration;

import org.jspecify.annotations.NullMarked;
