package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.StateStore;
import io.wellspring.engine.ParkingOrders.Order;
import io.wellspring.engine.ParkingOrders.Outcome;
import io.wellspring.journal.JournalEntry;
import io.wellspring.state.Snapshot;
import io.wellspring.testkit.sim.SimDisk;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Records fail, keys are released and dropped, and the task crashes at any commit: each record is processed once, in the order of its key, but
 * for those that were dropped.
 */
class ParkingCrashTest {
    private static final Topic<String, Long> IN = Topic.of("in", Codecs.utf8(), Codecs.int64());
    private static final Topic<String, Long> OUT = Topic.of("out", Codecs.utf8(), Codecs.int64());
    private static final Out<Long> DONE = Out.named("done", Long.class);
    private static final int RECORDS = 60;
    private static final int KEYS = 4;

    @Property(tries = 300)
    void crashesNeitherLoseNorRepeatWhatWasParked(@ForAll long seed) {
        var history = new History(new Random(seed));
        int lives = 0;
        while (!history.isOver()) {
            history.live(++lives > 20);
            assertThat(lives).as("lives until all was done").isLessThan(60);
        }
        history.check();
    }

    /** What is committed, over all lives of the task. */
    private static final class History {
        private final Random random;
        private final StateStore store = new SimDisk("parking").task("0-0");
        private final Set<Long> poison = new HashSet<>();
        private List<JournalEntry> journal = new ArrayList<>();
        private List<ParkedRecord> parked = new ArrayList<>();
        private List<Long> out = new ArrayList<>();
        private int inSnapshot;
        private int position;
        private int parkedKeys;
        private long dropped;

        private History(Random random) {
            this.random = random;
            for (long value = 0; value < RECORDS; value++) {
                if (random.nextInt(6) == 0) {
                    poison.add(value);
                }
            }
        }

        boolean isOver() {
            return position == RECORDS && parkedKeys == 0;
        }

        private static String keyOf(long value) {
            return "k" + value * 7 % 11 % KEYS;
        }

        /** From a start, by way of some commits, to a crash. */
        void live(boolean mended) {
            if (mended) {
                poison.clear();
            }
            var task = new TaskFixture(pipeline(), store).from("in", position);
            StageRuntime stage = task.task.stage("stage");
            stage.load();
            journal.subList(inSnapshot, journal.size()).forEach(entry -> stage.replay(entry, "somewhere"));
            for (int value = position; value < RECORDS; value++) {
                task.given("in", value, keyOf(value), value);
            }
            List<JournalEntry> journalBefore = journal;
            List<ParkedRecord> parkedBefore = parked;
            List<Long> outBefore = out;
            int positionBefore = position;
            for (int commits = random.nextInt(4); commits >= 0; commits--) {
                List<CompletableFuture<Outcome>> drops = work(task, stage, mended);
                task.task.committed();
                task.task.orders().abandon(); // what was not carried out is asked for again
                drops.forEach(drop -> dropped += left(drop));
                journal = joined(journalBefore, task.journal("stage"));
                parked = joined(parkedBefore, task.parkedIn("parked"));
                out = joined(outBefore, task.valuesOf("out"));
                position = positionBefore + (int) task.task.counts().records();
                parkedKeys = stage.parking().size();
                if (random.nextInt(4) == 0) {
                    snapshot(stage);
                }
            }
            work(task, stage, mended); // and this is lost
        }

        private List<CompletableFuture<Outcome>> work(TaskFixture task, StageRuntime stage, boolean mended) {
            List<CompletableFuture<Outcome>> drops = new ArrayList<>();
            for (int key = 0; key < KEYS; key++) {
                var answer = new CompletableFuture<Outcome>();
                if (mended || random.nextInt(3) == 0) {
                    poison.removeIf(value -> random.nextInt(3) == 0);
                    stage.gate().remember(random.nextBoolean() ? "k" + key : null);
                    task.task.orders().add(Order.takeBack(stage.gate(), "k" + key, parked, answer));
                } else if (random.nextInt(12) == 0) {
                    task.task.orders().add(Order.drop(stage.gate(), "k" + key, answer));
                    drops.add(answer);
                }
            }
            task.process(1 + random.nextInt(20));
            return drops;
        }

        private static long left(CompletableFuture<Outcome> drop) {
            return drop.handle((outcome, abandoned) -> outcome == null || outcome.parked() == null
                            ? 0
                            : outcome.parked().left())
                    .join();
        }

        private void snapshot(StageRuntime stage) {
            var mark = new SnapshotMark("p", "0-0", List.of(), List.of(), 0, 0);
            Snapshot snapshot = Snapshot.take(stage.tables(), mark);
            snapshot.write(store);
            snapshot.settle();
            inSnapshot = journal.size();
        }

        void check() {
            Map<String, List<Long>> processed = new TreeMap<>();
            for (JournalEntry entry : journal) {
                if (entry.hasEvent()) {
                    processed
                            .computeIfAbsent(Codecs.utf8().decode(entry.key()), key -> new ArrayList<>())
                            .add(Codecs.int64().decode(entry.event()));
                }
            }
            long events = 0;
            for (var each : processed.entrySet()) {
                assertThat(each.getValue())
                        .isSorted()
                        .doesNotHaveDuplicates()
                        .allSatisfy(value -> assertThat(keyOf(value)).isEqualTo(each.getKey()));
                events += each.getValue().size();
            }
            assertThat(events + dropped).isEqualTo(RECORDS);
            assertThat(out).hasSize((int) events).doesNotHaveDuplicates();
            assertThat(parked.stream().map(ParkedRecord::id)).doesNotHaveDuplicates();
            assertThat(parked.stream().map(record -> record.original().offset()))
                    .doesNotHaveDuplicates();
        }

        private Pipeline pipeline() {
            return Pipeline.named(
                    "p",
                    p -> p.from(IN)
                            .stage(Stage.of("stage", new Fails(poison), Codecs.int64(), Codecs.int64())
                                    .onError(Policy.parkKey("parked")))
                            .out(DONE)
                            .to(OUT));
        }

        private static <T> List<T> joined(List<T> a, List<T> b) {
            List<T> joined = new ArrayList<>(a);
            joined.addAll(b);
            return joined;
        }
    }

    private record Fails(Set<Long> poison) implements EventSourced<String, Long, Long, Long> {
        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long sum, Long command, Context<String> context) {
            if (poison.contains(command)) {
                throw new IllegalArgumentException("poison " + command);
            }
            return persist(command).emit(DONE, after -> command);
        }

        @Override
        public Long evolve(Long sum, Long event) {
            return sum + event;
        }
    }
}
