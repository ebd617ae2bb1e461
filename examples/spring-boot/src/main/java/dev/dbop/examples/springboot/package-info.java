/** A web service of Spring Boot whose transfers survive what the database does to them. */
@NullMarked
package dev.dbop.examples.springboot;

import org.jspecify.annotations.NullMarked;
