/**
 * The demo: the same transfers between the same hot accounts, done without retrying, with a blind retry loop, with
 * a careful one and with dbop, while sessions are killed and answers to COMMIT get lost; then a count of what the database really holds.
 */
@NullMarked
package dev.dbop.examples.demo;

import org.jspecify.annotations.NullMarked;
