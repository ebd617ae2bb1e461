package dev.dbop.examples.demo;

import dev.dbop.Verdict;
import dev.dbop.examples.demo.Audit.Finding;
import dev.dbop.examples.demo.Told.Belief;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** A row of the table, on the terminal and in the report. */
final class Figure {
    static final List<Figure> DONE = List.of(
            new Figure("transfers ordered", RoundResult::transfers),
            new Figure("done once, as told", result -> result.count(Finding.DONE)),
            new Figure("told failed, and undone", result -> result.count(Finding.UNDONE)),
            new Figure("told \"unknown\", and done", result -> result.count(Finding.UNKNOWN_DONE)),
            new Figure("told \"unknown\", and undone", result -> result.count(Finding.UNKNOWN_UNDONE)));

    static final List<Figure> WRONG = List.of(
            new Figure("told failed, yet done", result -> result.count(Finding.DONE_BUT_TOLD_FAILED)).wrong(),
            new Figure("LOST: half there, or missing", result -> result.count(Finding.LOST)).wrong(),
            new Figure("DOUBLED: moved more than once", result -> result.count(Finding.DOUBLED)).wrong(),
            new Figure("money moved too often", RoundResult::doubledCents, Figure::money).wrong(),
            new Figure("accounts out of balance", result -> result.audit().wrongBalances()).wrong());

    static final List<Figure> RETRIES = List.of(
            retries(Verdict.RETRY_SAVEPOINT),
            retries(Verdict.RETRY_TRANSACTION),
            retries(Verdict.RETRY_CONNECTION),
            retries(Verdict.GIVE_UP),
            retries(Verdict.OUTCOME_UNKNOWN),
            new Figure("outcomes unknown, resolved", RoundResult::resolvedOutcomes));

    static final List<Figure> SPEED = List.of(
            new Figure("latency p50", result -> result.latency(0.5).toNanos(), Figure::millis),
            new Figure("latency p99", result -> result.latency(0.99).toNanos(), Figure::millis),
            new Figure("done per second", result -> Math.round(result.donePerSecond())));

    static final List<Figure> TROUBLES = List.of(
            new Figure("sessions killed", RoundResult::kills), new Figure("answers to COMMIT lost", RoundResult::cuts));

    /** What is told in large letters. */
    static final List<Figure> HEADLINE = List.of(
            new Figure("done once", result -> result.count(Finding.DONE)),
            new Figure("failed", result -> result.count(Belief.FAILED)),
            new Figure("unknown", result -> result.count(Belief.UNKNOWN)),
            new Figure("lost", result -> result.count(Finding.LOST)).wrong(),
            new Figure("doubled", result -> result.count(Finding.DOUBLED)).wrong(),
            new Figure("per second", result -> Math.round(result.donePerSecond())),
            new Figure("p99", result -> result.latency(0.99).toNanos(), Figure::millis));

    static final List<List<Figure>> GROUPS = List.of(DONE, WRONG, RETRIES, SPEED, TROUBLES);

    /** How a number is written. */
    @FunctionalInterface
    private interface Format {
        String write(long number);
    }

    private final String label;
    private final ToLongFunction<RoundResult> value;
    private final Format format;
    private final boolean wrong;

    private Figure(String label, ToLongFunction<RoundResult> value, Format format, boolean wrong) {
        this.label = label;
        this.value = value;
        this.format = format;
        this.wrong = wrong;
    }

    private Figure(String label, ToLongFunction<RoundResult> value, Format format) {
        this(label, value, format, false);
    }

    private Figure(String label, ToLongFunction<RoundResult> value) {
        this(label, value, Figure::number);
    }

    private static Figure retries(Verdict after) {
        return new Figure("retries after " + after, result -> result.retriesAfter(after));
    }

    private Figure wrong() {
        return new Figure(label, value, format, true);
    }

    String label() {
        return label;
    }

    String of(RoundResult result) {
        return format.write(value.applyAsLong(result));
    }

    /** Whether the figure says that a way has gone wrong: any number but 0 does, in some rows. */
    boolean isAlarming(RoundResult result) {
        return wrong && value.applyAsLong(result) != 0;
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String money(long cents) {
        return String.format(Locale.ROOT, "%,.2f", cents / 100.0);
    }

    private static String millis(long nanos) {
        return number(Duration.ofNanos(nanos).toMillis()) + " ms";
    }
}
