package dev.dbop.observe;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/** A meter for each constant of an enum, made when it is first needed. */
final class MeterOf<E extends Enum<E>, M> {
    private final ConcurrentMap<E, M> meters = new ConcurrentHashMap<>();
    private final Function<E, M> maker;

    MeterOf(Function<E, M> maker) {
        this.maker = maker;
    }

    M of(E constant) {
        M known = meters.get(constant);
        return known != null ? known : meters.computeIfAbsent(constant, maker);
    }
}
