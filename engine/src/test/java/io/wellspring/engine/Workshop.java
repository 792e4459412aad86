package io.wellspring.engine;

import static io.wellspring.engine.ShopLogs.require;
import static io.wellspring.engine.ShopLogs.requireSame;
import static io.wellspring.engine.ShopLogs.text;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.View;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.port.StateStore;
import io.wellspring.engine.JobHistory.KeyHistory;
import io.wellspring.state.StateTable;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Jobs of keys that another topic closes and opens: while a key is closed, its jobs and timers fail, and the stage parks it; some jobs fail for ever.
 * Keys are released and dropped at any time. Which jobs find their key closed is up to how the two topics are merged; whatever it is, each job is
 * done in its turn or dropped with those that waited ({@link JobHistory}), and outputs and the parked topic say what the journal says.
 */
final class Workshop implements ShopPart {
    static final String PARKED = "parked";
    private static final List<String> KEYS = List.of("ida", "joe", "kay", "leo");
    private static final View<String, Long> CLOSED = View.sameTask("closed", String.class, Long.class);
    private static final Out<Long> DONE = Out.named("done", Long.class);
    private static final Stage<String, Long, Long, Long> DOORS =
            Stage.of("doors", new Doors(), Codecs.int64(), Codecs.int64());
    static final Stage<String, Long, Long, Long> JOBS = Stage.of("jobs", new Jobs(), Codecs.int64(), Codecs.int64())
            .reading(CLOSED)
            .onError(Policy.parkKey(PARKED));
    private static final long HOPELESS = 53;
    private static final long WITH_TIMER = 4;

    private final ShopLogs logs;
    private final Random random;
    private final Topic<String, Long> doors = topic("doors");
    private final Topic<String, Long> jobs = topic("work");
    private final Topic<String, Long> done = topic("done");

    /** By partition, the offsets of each key's jobs. */
    private final List<Map<String, Set<Long>>> given;

    private long timeMillis;
    private long number;
    private boolean ending;

    Workshop(ShopLogs logs, Random random, long startMillis) {
        this.logs = logs;
        this.random = random;
        this.timeMillis = startMillis;
        this.given = IntStream.range(0, logs.partitions())
                .<Map<String, Set<Long>>>mapToObj(partition -> new TreeMap<>())
                .toList();
        logs.make(doors, jobs, done, topic(PARKED));
    }

    private static Topic<String, Long> topic(String name) {
        return Topic.of(name, Codecs.utf8(), Codecs.int64());
    }

    @Override
    public void describe(Pipeline.Builder pipeline) {
        pipeline.from(doors).stage(DOORS).publish(CLOSED, state -> state);
        pipeline.from(jobs).stage(JOBS).out(DONE).to(done);
    }

    @Override
    public void produce() {
        timeMillis += random.nextInt(20);
        String key = KEYS.get(random.nextInt(KEYS.size()));
        if (random.nextInt(5) == 0) {
            load(doors, key, random.nextInt(3) == 0 ? 1 : 0);
        } else {
            long offset = load(jobs, key, ++number);
            given.get(logs.partitionOf(key))
                    .computeIfAbsent(key, none -> new TreeSet<>())
                    .add(offset);
        }
    }

    @Override
    public void endInput() {
        ending = true;
        timeMillis++;
        KEYS.forEach(key -> load(doors, key, 0));
    }

    private long load(Topic<String, Long> topic, String key, long value) {
        return logs.load(topic, logs.partitionOf(key), key, Codecs.int64().encode(value), timeMillis);
    }

    @Override
    public void operate(SimulatedInstance instance) {
        String key = KEYS.get(random.nextInt(KEYS.size()));
        instance.release(JOBS, logs.partitionOf(key), key, random.nextInt(ending ? 4 : 8) == 0);
    }

    @Override
    public boolean complete() {
        for (int partition = 0; partition < logs.partitions(); partition++) {
            Map<String, KeyHistory> found = history(partition).keys();
            for (var each : given.get(partition).entrySet()) {
                KeyHistory key = found.get(each.getKey());
                if (key == null
                        || !key.parking().isEmpty()
                        || !key.timers.isEmpty()
                        || key.done.size() + key.dropped.size()
                                < each.getValue().size()) {
                    return false;
                }
            }
        }
        return true;
    }

    private JobHistory history(int partition) {
        return history(partition, Long.MAX_VALUE);
    }

    private JobHistory history(int partition, long end) {
        return new JobHistory(logs.decided(logs.journal(JOBS), partition), end);
    }

    @Override
    public void check() {
        for (int partition = 0; partition < logs.partitions(); partition++) {
            JobHistory history = history(partition);
            requireSame(
                    "the parked records",
                    logs.decided(PARKED, partition).stream()
                            .map(record -> ParkedRecord.read(record).original().offset())
                            .toList(),
                    history.parked());
            Set<String> ids = new HashSet<>();
            logs.decided(PARKED, partition)
                    .forEach(record -> require(
                            ids.add(ParkedRecord.idOf(record)), "two records have id %s", ParkedRecord.idOf(record)));
            int at = partition;
            history.keys()
                    .forEach((name, key) -> requireSame(
                            "the outputs of " + name,
                            logs.decided(done.name(), at).stream()
                                    .filter(record -> text(record.key()).equals(name))
                                    .map(record -> Codecs.int64().decode(record.value()))
                                    .toList(),
                            key.told));
        }
    }

    @Override
    public void checkAll() {
        check();
        for (int partition = 0; partition < logs.partitions(); partition++) {
            Map<String, KeyHistory> found = history(partition).keys();
            given.get(partition).forEach((name, offsets) -> {
                KeyHistory key = found.get(name);
                Set<Long> all = new TreeSet<>(key.done);
                all.addAll(key.dropped);
                requireSame("the jobs of " + name + ", done and dropped,", all, offsets);
                require(
                        key.done.size() + key.dropped.size() == offsets.size(),
                        "jobs of %s are done and dropped: %s, %s",
                        name,
                        key.done,
                        key.dropped);
            });
        }
    }

    @Override
    public void checkSnapshot(String stage, StateStore store, int partition, long position) {
        if (stage.equals(JOBS.name())) {
            Map<String, String> stored = new TreeMap<>();
            new StateTable<>(stage + "/parked", Codecs.utf8(), Parked.CODEC, store, 0)
                    .forEachCommitted((key, entry) -> stored.put(
                            key, entry.state().left() + " " + entry.state().timer()));
            Map<String, String> folded = new TreeMap<>();
            history(partition, position).keys().forEach((name, key) -> folded.put(name, key.parking()));
            folded.values().removeIf(String::isEmpty);
            requireSame("the parked keys of a snapshot at " + position, stored, folded);
        }
    }

    @Override
    public Set<Feature> happened() {
        return logs.all(PARKED).findAny().isPresent() ? EnumSet.of(Feature.PARKED_KEY) : EnumSet.noneOf(Feature.class);
    }

    @Override
    public Set<Feature> underWay(SimulatedInstance instance) {
        return instance.hasParked(JOBS.name()) ? EnumSet.of(Feature.PARKED_KEY) : EnumSet.noneOf(Feature.class);
    }

    @Override
    public String progress() {
        return "workshop: " + number + " jobs, parked " + logs.all(PARKED).count() + ", outputs " + logs.count(done);
    }

    @Override
    public String toString() {
        return "workshop";
    }

    /** Whether a key is closed, 1, or open, 0. */
    private static final class Doors implements EventSourced<String, Long, Long, Long> {
        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long state, Long closed, Context<String> context) {
            return persist(closed);
        }

        @Override
        public Long evolve(Long state, Long closed) {
            return closed;
        }
    }

    /** Does a job where its key is open; some set a timer, which is told as their negative number. */
    private static final class Jobs implements EventSourced<String, Long, Long, Long> {
        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long count, Long job, Context<String> context) {
            requireOpen(context, job);
            Effect<Long, Long> effect = persist(job).emit(DONE, after -> job);
            return job % WITH_TIMER == 0
                    ? effect.timerAtProcessingTime(
                            Long.toString(job), context.processingTime().plus(Duration.ofMillis(job % 40)))
                    : effect;
        }

        @Override
        public Effect<Long, Long> onTimer(Long count, String timer, Context<String> context) {
            long job = Long.parseLong(timer);
            requireOpen(context, 0);
            return persist(-job).emit(DONE, after -> -job);
        }

        private static void requireOpen(Context<String> context, long job) {
            boolean closed = context.view(CLOSED, context.key()).orElse(0L) == 1;
            if (closed || job % HOPELESS == HOPELESS - 1) {
                throw new IllegalStateException(closed ? "closed" : "hopeless");
            }
        }

        @Override
        public Long evolve(Long count, Long event) {
            return count + 1;
        }
    }
}
