package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.SourceOptions;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.ReadAhead;
import io.wellspring.testkit.sim.SimDisk;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.TopicPartition;

/**
 * Records of two sources come out of order, some late, some not to be decoded, and the task crashes at any commit: what comes out, and in which
 * order, is what comes out without a crash.
 */
class InOrderCrashTest {
    private static final Topic<String, Long> A = Topic.of("a", Codecs.utf8(), Codecs.int64());
    private static final Topic<String, Long> B = Topic.of("b", Codecs.utf8(), Codecs.int64());
    private static final int RECORDS = 60;

    @Property(tries = 500)
    void crashesChangeNothing(@ForAll long seed) {
        Random random = new Random(seed);
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            boolean bad = random.nextInt(12) == 0;
            commands.add(new Command(
                    random.nextInt(3) == 0 ? "b" : "a",
                    i * 4L - random.nextInt(50),
                    "k" + random.nextInt(3),
                    bad ? new byte[] {(byte) i} : Codecs.int64().encode((long) i)));
        }
        var whole = new TaskFixture(pipeline());
        commands.forEach(command -> command.giveTo(whole));
        whole.process();
        List<String> expected = described(whole.journal("kept"));
        assertThat(expected).as("something goes on").hasSizeGreaterThan(10);

        var history = new History(commands, random);
        for (int lives = 0; lives < 12; lives++) {
            history.live(false);
        }
        history.live(true);
        assertThat(described(history.journal)).isEqualTo(expected);
        assertThat(history.dead).isEqualTo(deadLetters(whole));
    }

    private record Command(String topic, long timeMillis, String key, byte[] value) {
        void giveTo(TaskFixture fixture) {
            fixture.givenBytes(topic, timeMillis, key, value);
        }
    }

    /** What is committed, over all lives of the task. */
    private static final class History {
        private final Random random;
        private final Map<String, List<Command>> topics = new HashMap<>();
        private final Map<String, InputPosition> positions = new HashMap<>();
        private List<JournalEntry> journal = List.of();
        private List<Integer> dead = List.of();
        private long watermarkMillis = Long.MIN_VALUE;

        private History(List<Command> commands, Random random) {
            this.random = random;
            topics.put("a", new ArrayList<>());
            topics.put("b", new ArrayList<>());
            commands.forEach(command -> topics.get(command.topic()).add(command));
        }

        /** From a start, by way of some commits, to a crash. */
        void live(boolean last) {
            var task = new TaskFixture(pipeline(), new SimDisk("in-order").task("0-0"));
            StageRuntime stage = task.task.stage("kept");
            stage.load();
            journal.forEach(entry -> stage.replay(entry, "somewhere"));
            Map<TopicPartition, ReadAhead> ahead = new HashMap<>();
            positions.forEach((topic, position) -> {
                task.from(topic, position.offset());
                task.task.buffer(new TopicPartition(topic, 0)).reset(position.offset());
                position.ahead().ifPresent(read -> ahead.put(new TopicPartition(topic, 0), read));
            });
            task.task.start(watermarkMillis, ahead);
            topics.forEach((topic, commands) -> commands.subList(
                            positions.containsKey(topic)
                                    ? (int) positions.get(topic).offset()
                                    : 0,
                            commands.size())
                    .forEach(command -> command.giveTo(task)));
            List<JournalEntry> journalBefore = journal;
            List<Integer> deadBefore = dead;
            for (int commits = random.nextInt(4); commits > 0 || last; commits--) {
                int done = task.process(last ? 1_000 : 1 + random.nextInt(8));
                task.task.committed();
                journal = joined(journalBefore, task.journal("kept"));
                dead = joined(deadBefore, deadLetters(task));
                watermarkMillis = task.task.watermarkMillis();
                topics.forEach((topic, commands) -> positions.put(
                        topic, task.task.position(task.task.buffer(new TopicPartition(topic, 0)), commands.size())));
                if (done == 0) {
                    return;
                }
            }
            task.process(1 + random.nextInt(8)); // and this is lost
        }
    }

    private static <T> List<T> joined(List<T> before, List<T> since) {
        List<T> all = new ArrayList<>(before);
        all.addAll(since);
        return all;
    }

    private static List<Integer> deadLetters(TaskFixture task) {
        return task.sentTo("dead").stream()
                .map(record -> (int) record.value()[0])
                .toList();
    }

    private static List<String> described(List<JournalEntry> journal) {
        return journal.stream()
                .map(entry -> Codecs.utf8().decode(entry.key()) + " " + entry.sequence() + " "
                        + (entry.hasEvent() ? Codecs.int64().decode(entry.event()) : "-") + " "
                        + entry.eventTimeMillis() + " " + entry.cause())
                .toList();
    }

    private static Pipeline pipeline() {
        return Pipeline.named(
                "p",
                p -> p.from(A, source -> inOrder(source))
                        .merge(p.from(B, source -> inOrder(source)))
                        .stage(Stage.of("kept", new Kept(), Codecs.int64(), Codecs.int64())));
    }

    private static SourceOptions<Long> inOrder(SourceOptions<Long> source) {
        return source.allowedLateness(Duration.ofMillis(30))
                .onError(Policy.deadLetter("dead"))
                .inOrder();
    }

    /** Keeps each command as an event, and sets a timer for some. */
    private static final class Kept implements EventSourced<String, Long, Long, Long> {
        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long count, Long command, Context<String> context) {
            Effect<Long, Long> effect = persist(command);
            return command % 3 == 0
                    ? effect.timer("later", Instant.ofEpochMilli(context.eventTimeMillis() + command % 40))
                    : effect;
        }

        @Override
        public Effect<Long, Long> onTimer(Long count, String timer, Context<String> context) {
            return persist(1_000 + count);
        }

        @Override
        public Long evolve(Long count, Long event) {
            return count + 1;
        }
    }
}
