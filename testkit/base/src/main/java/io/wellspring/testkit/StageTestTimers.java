package io.wellspring.testkit;

import io.wellspring.api.Effect.TimerChange;
import io.wellspring.api.Effect.TimerKind;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The timers of the key under test: each name once, in event time or in processing time. */
final class StageTestTimers {
    private static final Comparator<TimerChange> FIRST_DUE =
            Comparator.comparingLong(TimerChange::dueMillis).thenComparing(TimerChange::name);

    private final Map<String, TimerChange> set = new TreeMap<>();

    void change(List<TimerChange> changes) {
        for (TimerChange change : changes) {
            if (change.kind() == TimerKind.CANCELLED) {
                set.remove(change.name());
            } else {
                set.put(change.name(), change);
            }
        }
    }

    void remove(String name) {
        set.remove(name);
    }

    void clear() {
        set.clear();
    }

    Optional<TimerChange> find(String name) {
        return Optional.ofNullable(set.get(name));
    }

    Collection<TimerChange> all() {
        return set.values();
    }

    /** The timer that an engine would fire next: event time goes first, then the earlier one. */
    Optional<TimerChange> due(long watermarkMillis, long nowMillis) {
        Optional<TimerChange> byEventTime = due(TimerKind.EVENT_TIME, watermarkMillis);
        return byEventTime.isPresent() ? byEventTime : due(TimerKind.PROCESSING_TIME, nowMillis);
    }

    private Optional<TimerChange> due(TimerKind kind, long reachedMillis) {
        return set.values().stream()
                .filter(timer -> timer.kind() == kind && timer.dueMillis() <= reachedMillis)
                .min(FIRST_DUE);
    }

    @Override
    public String toString() {
        return set.values().toString();
    }
}
