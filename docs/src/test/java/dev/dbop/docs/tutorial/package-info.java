/** The tutorial, walked. */
@NullMarked
package dev.dbop.docs.tutorial;

import org.jspecify.annotations.NullMarked;
