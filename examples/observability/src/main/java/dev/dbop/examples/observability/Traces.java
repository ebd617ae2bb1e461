package dev.dbop.examples.observability;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Keeps spans and prints them as trees, where an application sends them to a collector. */
final class Traces implements SpanExporter {
    private final Queue<SpanData> spans = new ConcurrentLinkedQueue<>();

    OpenTelemetrySdk telemetry() {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(this))
                        .build())
                .build();
    }

    /** Prints what has been kept, and forgets it. */
    void print() {
        List<SpanData> kept = spans.stream()
                .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
                .toList();
        spans.clear();
        kept.stream().filter(span -> !span.getParentSpanContext().isValid()).forEach(root -> print(root, kept, "  "));
    }

    private static void print(SpanData span, List<SpanData> all, String indent) {
        boolean failed = span.getStatus().getStatusCode() == StatusCode.ERROR;
        System.out.println(indent + span.getName() + (failed ? " ERROR" : "") + attributes(span));
        for (EventData event : span.getEvents()) {
            System.out.println(indent + "  * " + event.getName());
        }
        all.stream()
                .filter(child -> child.getParentSpanId().equals(span.getSpanId()))
                .forEach(child -> print(child, all, indent + "  "));
    }

    private static String attributes(SpanData span) {
        return Stream.of(
                        "dbop.attempt.number",
                        "dbop.outcome",
                        "dbop.reason",
                        "dbop.phase",
                        "dbop.verdict",
                        "db.response.status_code")
                .flatMap(key -> value(span, key))
                .collect(Collectors.joining(", ", " [", "]"));
    }

    private static Stream<String> value(SpanData span, String key) {
        return span.getAttributes().asMap().entrySet().stream()
                .filter(entry -> ((AttributeKey<?>) entry.getKey()).getKey().equals(key))
                .map(entry -> key + "=" + entry.getValue());
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> ended) {
        spans.addAll(ended);
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
        return CompletableResultCode.ofSuccess();
    }
}
