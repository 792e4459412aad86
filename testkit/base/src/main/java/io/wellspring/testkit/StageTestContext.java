package io.wellspring.testkit;

import io.wellspring.api.Context;
import io.wellspring.api.Effect.TimerChange;
import io.wellspring.api.Effect.TimerKind;
import io.wellspring.api.Position;
import io.wellspring.api.Stage;
import io.wellspring.api.View;
import io.wellspring.api.error.ConfigException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What a stage under test knows while it decides, and not longer: an engine gives the next record the same context. */
final class StageTestContext<K> implements Context<K> {
    private final Stage<K, ?, ?, ?> stage;
    private final K key;
    private final Map<ViewRow, Object> views = new HashMap<>();
    private long eventTimeMillis;
    private long watermarkMillis = Long.MIN_VALUE;
    private Instant processingTime = Instant.EPOCH;
    private long offset = -1;
    private boolean timerInHand;
    private boolean deciding;

    StageTestContext(Stage<K, ?, ?, ?> stage, K key) {
        this.stage = stage;
        this.key = key;
    }

    void show(View<?, ?> view, Object viewKey, Object value) {
        requireDeclared(view);
        views.put(
                new ViewRow(view.name(), Objects.requireNonNull(viewKey, "viewKey")),
                Objects.requireNonNull(value, "value"));
    }

    void at(Instant eventTime) {
        eventTimeMillis = eventTime.toEpochMilli();
        processingTime = eventTime.isAfter(processingTime) ? eventTime : processingTime;
    }

    /** Lets both times come to the event time of the next record, or further; they never go back. */
    void reach(Instant time) {
        watermarkMillis = Math.max(watermarkMillis, time.toEpochMilli());
        processingTime = time.isAfter(processingTime) ? time : processingTime;
    }

    void reachRecord() {
        watermarkMillis = Math.max(watermarkMillis, eventTimeMillis);
    }

    void beginRecord() {
        offset++;
        deciding = true;
    }

    /** Begins a timer; what the commands' event time is comes back with {@link #endTimer}. */
    long beginTimer(TimerChange timer) {
        long before = eventTimeMillis;
        boolean hasWatermark = watermarkMillis != Long.MIN_VALUE;
        eventTimeMillis = timer.kind() == TimerKind.EVENT_TIME
                ? timer.dueMillis()
                : hasWatermark ? watermarkMillis : processingTime.toEpochMilli();
        timerInHand = true;
        deciding = true;
        return before;
    }

    void endTimer(long eventTimeBefore) {
        end();
        timerInHand = false;
        eventTimeMillis = eventTimeBefore;
    }

    void end() {
        deciding = false;
    }

    long reachedMillis() {
        return watermarkMillis;
    }

    long nowMillis() {
        return processingTime.toEpochMilli();
    }

    String describeTime() {
        return Instant.ofEpochMilli(eventTimeMillis).toString();
    }

    private void requireDeciding() {
        if (!deciding) {
            throw new IllegalStateException("the context of stage " + stage.name()
                    + " was used after decide had returned, perhaps by a function of an emission; take what you need"
                    + " from it inside decide");
        }
    }

    @Override
    public K key() {
        requireDeciding();
        return key;
    }

    @Override
    public long eventTimeMillis() {
        requireDeciding();
        return eventTimeMillis;
    }

    @Override
    public long watermarkMillis() {
        requireDeciding();
        return watermarkMillis;
    }

    @Override
    public Instant processingTime() {
        requireDeciding();
        return processingTime;
    }

    @Override
    public Position position() {
        requireDeciding();
        return timerInHand ? new Position("", 0, 0) : new Position("stage-test", 0, offset);
    }

    @Override
    public <L, V> Optional<V> view(View<L, V> view, L viewKey) {
        requireDeciding();
        requireDeclared(view);
        return Optional.ofNullable(view.valueType().cast(views.get(new ViewRow(view.name(), viewKey))));
    }

    private void requireDeclared(View<?, ?> view) {
        if (!stage.reads().contains(view)) {
            throw new ConfigException("stage " + stage.name() + " did not declare the view " + view.name()
                    + "; add reading(...) to the stage");
        }
    }

    private record ViewRow(String view, Object key) {}
}
