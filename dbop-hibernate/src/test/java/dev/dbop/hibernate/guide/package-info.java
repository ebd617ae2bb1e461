/** The code of the guide on Hibernate. */
@NullMarked
package dev.dbop.hibernate.guide;

import org.jspecify.annotations.NullMarked;
