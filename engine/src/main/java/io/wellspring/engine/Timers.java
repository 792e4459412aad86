package io.wellspring.engine;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.codec.Tag;
import java.util.ArrayList;
import java.util.List;

/**
 * The timers of one key of a stage, each name once: a value, and the row of a snapshot.
 *
 * @param all in the order in which they were set
 */
record Timers(@Tag(1) List<Timer> all) {
    static final Timers NONE = new Timers(List.of());
    static final Codec<Timers> CODEC = Codecs.records(Timers.class);

    /**
     * One timer.
     *
     * @param name names it among those of its key
     * @param processingTime whether the task's clock makes it fire; otherwise the watermark
     * @param dueMillis when it fires, in milliseconds since the epoch
     */
    record Timer(
            @Tag(1) String name,
            @Tag(2) boolean processingTime,
            @Tag(3) long dueMillis) {}

    boolean isEmpty() {
        return all.isEmpty();
    }

    Timers with(Timer timer) {
        List<Timer> changed = others(timer.name());
        changed.add(timer);
        return new Timers(List.copyOf(changed));
    }

    Timers without(String name) {
        List<Timer> left = others(name);
        return left.size() == all.size() ? this : new Timers(List.copyOf(left));
    }

    private List<Timer> others(String name) {
        List<Timer> others = new ArrayList<>(all.size() + 1);
        for (Timer timer : all) {
            if (!timer.name().equals(name)) {
                others.add(timer);
            }
        }
        return others;
    }
}
