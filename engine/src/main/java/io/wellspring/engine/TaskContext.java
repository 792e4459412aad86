package io.wellspring.engine;

import io.wellspring.api.Context;
import io.wellspring.api.Position;
import io.wellspring.api.View;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.ConfigException;
import io.wellspring.state.StateTable;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What the record or timer in hand tells the stages: one object for each task, filled anew for each. */
final class TaskContext implements Context<Object> {
    private final TaskId task;
    private final int partitions;
    private final Clock clock;
    private final Map<String, Published> published = new HashMap<>();

    private Object key;
    private byte[] keyBytes;
    private String topic;
    private long offset;
    private long eventTimeMillis;
    private long watermarkMillis = Long.MIN_VALUE;
    private long nowMillis;
    private Set<View<?, ?>> readable = Set.of();
    private String reader = "";
    private String stage = "";
    private String phase = "";

    TaskContext(TaskId task, int partitions, Clock clock) {
        this.task = task;
        this.partitions = partitions;
        this.clock = clock;
    }

    void publish(
            View<?, ?> view,
            Codec<Object> keys,
            StateTable<Object, Object> table,
            Function<Object, Object> projection) {
        published.put(view.name(), new Published(keys, table, projection));
    }

    void record(Object newKey, byte[] newKeyBytes, String newTopic, long newOffset, long newEventTimeMillis) {
        key = newKey;
        keyBytes = newKeyBytes;
        topic = newTopic;
        offset = newOffset;
        eventTimeMillis = newEventTimeMillis;
        handled();
    }

    /** Notes which handler of a stage is called next, for the words about what it throws. */
    void handling(String ofStage, String handler) {
        stage = ofStage;
        phase = handler;
    }

    /** Notes that no stage's handler is being called. What a handler throws leaves its note. */
    void handled() {
        stage = "";
        phase = "";
    }

    /** Words for a failure of what is in hand. */
    Mishap mishap(TimerQueue.Due timer, String owner, RuntimeException failure) {
        return new Mishap(inHand(timer), timer != null, owner, stage, phase, ShownKey.of(key, keyBytes), failure);
    }

    private String inHand(TimerQueue.Due timer) {
        if (timer != null) {
            return timer.toString();
        }
        return topic.isEmpty()
                ? "an order for the parked key " + ShownKey.of(key, keyBytes)
                : "the record at " + position();
    }

    /** A timer is in hand, and no record. */
    void timer(Object newKey, byte[] newKeyBytes, long newEventTimeMillis) {
        record(newKey, newKeyBytes, "", 0, newEventTimeMillis);
    }

    /** Names the stage that decides from here on, for its declared views; gives back the one before, for nested stages. */
    Set<View<?, ?>> enter(String stage, Set<View<?, ?>> views) {
        Set<View<?, ?>> before = readable;
        readable = views;
        reader = stage;
        return before;
    }

    void leave(Set<View<?, ?>> before) {
        readable = before;
    }

    byte[] keyBytes() {
        return keyBytes;
    }

    String topic() {
        return topic;
    }

    long offset() {
        return offset;
    }

    void watermark(long millis) {
        watermarkMillis = millis;
    }

    void persistedNow(long millis) {
        nowMillis = Math.max(nowMillis, millis);
    }

    long persistedNowMillis() {
        return nowMillis;
    }

    long processingTimeMillis() {
        return Math.max(nowMillis, clock.millis());
    }

    @Override
    public Object key() {
        return key;
    }

    @Override
    public long eventTimeMillis() {
        return eventTimeMillis;
    }

    @Override
    public long watermarkMillis() {
        return watermarkMillis;
    }

    @Override
    public Instant processingTime() {
        return Instant.ofEpochMilli(processingTimeMillis());
    }

    @Override
    public Position position() {
        return new Position(topic, task.partition(), offset);
    }

    @Override
    public <L, V> Optional<V> view(View<L, V> view, L viewKey) {
        if (!readable.contains(view)) {
            throw new ConfigException("Stage " + reader + " reads view " + view.name()
                    + " without having declared it. Declare it where the stage is made: Stage.of(...).reading(...)");
        }
        Published source = published.get(view.name());
        if (!viewKey.equals(key)) {
            checkPartition(view, viewKey, source);
        }
        var entry = source.table().get(viewKey);
        if (entry == null || entry.state() == null) {
            return Optional.empty();
        }
        return Optional.ofNullable(view.valueType().cast(source.projection().apply(entry.state())));
    }

    private void checkPartition(View<?, ?> view, Object viewKey, Published source) {
        int partition = KeyPartitions.of(source.keys().encode(viewKey), partitions);
        if (partition != task.partition()) {
            throw new ConfigException("Stage " + reader + " reads key " + ShownKey.of(viewKey) + " of view "
                    + view.name()
                    + ", which lies in partition " + partition + "; this task owns partition " + task.partition()
                    + ". Rekey the stream by the key that is read");
        }
    }

    private record Published(
            Codec<Object> keys, StateTable<Object, Object> table, Function<Object, Object> projection) {}
}
