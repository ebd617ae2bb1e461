/**
 * Traces and metrics of calls: {@link dev.dbop.observe.OpenTelemetryListener} for OpenTelemetry, {@link
 * dev.dbop.observe.MicrometerListener}, {@link dev.dbop.observe.RetryBudgetMetrics} and {@link
 * dev.dbop.observe.InDoubtMetrics} for Micrometer.
 *
 * <p>Both libraries are optional: an application that uses one of these types has its library on the class path or the
 * module path, at any version that has the API used here, and no other application needs either. On the module path it
 * requires {@code io.opentelemetry.api} or {@code micrometer.core} itself.
 */
@NullMarked
package dev.dbop.observe;

import org.jspecify.annotations.NullMarked;
