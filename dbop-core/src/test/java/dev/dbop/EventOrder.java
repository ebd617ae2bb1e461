package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** The order of events that {@link RunEvent} promises. */
final class EventOrder {
    private EventOrder() {}

    /** Checks every call heard of: they must all have ended. */
    static void assertKept(List<RunEvent> events) {
        IdentityHashMap<Call, List<RunEvent>> calls = new IdentityHashMap<>();
        for (RunEvent event : events) {
            calls.computeIfAbsent(event.call(), call -> new ArrayList<>()).add(event);
        }
        calls.values().forEach(EventOrder::assertKeptInOneCall);
    }

    private static void assertKeptInOneCall(List<RunEvent> events) {
        int started = 0;
        boolean open = false;
        for (RunEvent event : events.subList(0, events.size() - 1)) {
            if (event instanceof RunEvent.AttemptStarted) {
                assertThat(open)
                        .as("attempt %s is open when the next starts", started)
                        .isFalse();
                open = true;
                started++;
            } else {
                assertThat(event).isNotInstanceOf(RunEvent.Ended.class);
                assertThat(open)
                        .as("an attempt is open when %s is heard", event)
                        .isTrue();
                open = event instanceof RunEvent.Probed;
            }
            assertThat(event.attempt()).isEqualTo(started);
        }
        RunEvent last = events.get(events.size() - 1);
        assertThat(last).isInstanceOf(RunEvent.Ended.class);
        assertThat(last.attempt()).isEqualTo(started).isPositive();
        assertThat(open).as("an attempt is open when %s is heard", last).isEqualTo(last instanceof RunEvent.Succeeded);
    }
}
