package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.StateStore;
import io.wellspring.journal.JournalEntry;
import io.wellspring.state.Snapshot;
import io.wellspring.testkit.sim.SimDisk;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Whatever is committed when a task crashes, and whether a snapshot holds it or the journal: what comes out is what comes out without a crash.
 */
class TimersCrashTest {
    private static final Topic<String, Long> IN = Topic.of("in", Codecs.utf8(), Codecs.int64());
    private static final int RECORDS = 40;

    @Property(tries = 300)
    void crashesChangeNothing(@ForAll long seed) {
        Random random = new Random(seed);
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            commands.add(new Command(i * 10L - random.nextInt(30), "k" + random.nextInt(4), random.nextInt(1_000)));
        }
        var whole = new TaskFixture(pipeline());
        commands.forEach(command -> command.giveTo(whole));
        whole.process();

        assertThat(Life.crashing(commands, random)).isEqualTo(described(whole.journal("timers")));
    }

    private record Command(long timeMillis, String key, long value) {
        void giveTo(TaskFixture fixture) {
            fixture.given("in", timeMillis, key, value);
        }
    }

    /** One task from its start to its crash; what it committed goes on in the next. */
    private static final class Life {
        private static List<String> crashing(List<Command> commands, Random random) {
            StateStore store = new SimDisk("timers").task("0-0");
            List<JournalEntry> journal = new ArrayList<>();
            int inSnapshot = 0;
            int position = 0;
            long watermark = Long.MIN_VALUE;
            for (boolean last = false; !last; ) {
                last = position == commands.size(); // what is due behind the last record
                var task = new TaskFixture(pipeline(), store);
                StageRuntime stage = task.task.stage("timers");
                stage.timers().load();
                journal.subList(inSnapshot, journal.size()).forEach(entry -> stage.replay(entry, "somewhere"));
                task.task.start(watermark, Map.of());
                commands.subList(position, commands.size()).forEach(command -> command.giveTo(task));
                int before = journal.size();
                for (int commits = random.nextInt(3) + 1; commits > 0; commits--) {
                    task.process(last ? RECORDS : 1 + random.nextInt(6));
                    task.task.committed();
                    List<JournalEntry> since = task.journal("timers");
                    journal.subList(before, journal.size()).clear();
                    journal.addAll(since);
                    watermark = task.task.watermarkMillis();
                    if (random.nextInt(4) == 0) {
                        snapshot(task, stage);
                        inSnapshot = journal.size();
                    }
                }
                position += (int) task.task.counts().records();
                task.process(1 + random.nextInt(6)); // and this is lost
            }
            return described(journal);
        }

        private static void snapshot(TaskFixture task, StageRuntime stage) {
            var mark = new SnapshotMark("p", "0-0", List.of(), List.of(), 0, 0);
            Snapshot snapshot =
                    Snapshot.take(List.of(stage.table(), stage.timers().table()), mark);
            snapshot.write(task.store);
            snapshot.settle();
        }
    }

    private static List<String> described(List<JournalEntry> journal) {
        return journal.stream()
                .map(entry -> Codecs.utf8().decode(entry.key()) + " " + entry.sequence() + " "
                        + (entry.hasEvent() ? Codecs.int64().decode(entry.event()) : "-") + " "
                        + entry.eventTimeMillis() + " " + entry.timers())
                .toList();
    }

    private static Pipeline pipeline() {
        return Pipeline.named(
                "p", p -> p.from(IN).stage(Stage.of("timers", new Moody(), Codecs.int64(), Codecs.int64())));
    }

    /** Sets, replaces, cancels and forgets, as the commands' digits have it. */
    private static final class Moody implements EventSourced<String, Long, Long, Long> {
        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long sum, Long command, Context<String> context) {
            Effect<Long, Long> effect = command % 3 == 0 ? none() : persist(command % 10 == 1 ? -1 : command);
            Instant due = context.eventTime().plusMillis(command % 100 - 20);
            return switch ((int) (command / 100 % 4)) {
                case 0 -> effect.timer("a", due);
                case 1 -> effect.timer("b", due);
                case 2 -> effect.cancelTimer("a");
                default -> effect;
            };
        }

        @Override
        public Effect<Long, Long> onTimer(Long sum, String timer, Context<String> context) {
            if (sum % 5 == 2) {
                return none();
            }
            Effect<Long, Long> effect = persist(1_000 + sum % 7);
            return sum % 5 == 3 ? effect.timer(timer, context.eventTime().plusMillis(25)) : effect;
        }

        @Override
        public Long evolve(Long sum, Long event) {
            return event == -1 ? null : sum + event;
        }
    }
}
