package dev.dbop;

import dev.dbop.sql.Isolation;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says how the calls of an interface's method are run, where the runner that {@link DbopRunner#proxy} or {@link
 * DbopRunner#proxyAsync} makes the interface's proxy with says otherwise or nothing. What is not set stays the runner's;
 * a text is read when the proxy is made, and one that cannot be read is refused there, with the name of its method.
 *
 * <p>On an interface it stands for the methods declared there, and for those inherited from interfaces without it. A
 * method's own takes its place as a whole; nothing of the two is mixed. A method that is declared again without it has
 * lost it.
 *
 * <p>Nothing is done by the annotation itself: a method that is not called through a proxy runs as it is written. On a
 * class it has no meaning; a class that carries it, or a method of it that does, is refused as the target of a proxy, so
 * that one put in the wrong place is noticed.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Retried {
    /**
     * Names the calls, for logs, events and messages.
     *
     * @return the name; empty for that of the interface and the method, as in {@code Accounts.rename}
     */
    String name() default "";

    /**
     * Sets the number of attempts after the first.
     *
     * @return 0 or more; -1 for the runner's
     */
    int maxRetries() default -1;

    /**
     * Declares the method read-only, as {@link DbopRunner#readOnly()} does: the server refuses writes, and what may have
     * happened is repeated.
     *
     * @return false for what the runner says
     */
    boolean readOnly() default false;

    /**
     * Declares that running the method twice does no more than running it once, as {@link DbopRunner#idempotent()} does.
     *
     * @return false for what the runner says
     */
    boolean idempotent() default false;

    /**
     * Sets the isolation level of the method's transactions, as {@link DbopRunner#isolation} does.
     *
     * @return one level; none for the runner's
     */
    Isolation[] isolation() default {};

    /**
     * Limits the whole call, waits included.
     *
     * @return a duration, such as {@code 250ms}, {@code 5s}, {@code 2m}, {@code 1h} or {@code PT0.25S}; empty for the
     *     runner's
     */
    String maxDuration() default "";

    /**
     * Limits one attempt.
     *
     * @return a duration, written as {@link #maxDuration}; empty for the runner's
     */
    String attemptTimeout() default "";

    /**
     * Sets how long the server may wait for one lock in the first attempt, as {@link DbopRunner#initialLockTimeout} does.
     *
     * @return a duration, written as {@link #maxDuration}; empty for the runner's
     */
    String initialLockTimeout() default "";

    /**
     * Sets how long the server may wait for one lock.
     *
     * @return a duration, written as {@link #maxDuration}; empty for the runner's
     */
    String lockTimeout() default "";

    /**
     * Sets how long the server may run one statement.
     *
     * @return a duration, written as {@link #maxDuration}; empty for the runner's
     */
    String statementTimeout() default "";
}
