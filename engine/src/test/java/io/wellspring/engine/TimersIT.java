package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wellspring.api.Pipeline;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.JournalEntry.TimerChange;
import io.wellspring.journal.JournalEntry.TimerKind;
import io.wellspring.journal.OffsetMetadata;
import io.wellspring.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Timers on a real broker, across crashes and restarts. */
class TimersIT {
    @TempDir
    Path directory;

    @Test
    void aTimerThatWasSetBeforeAProcessWasKilledFiresOnceAfterIt() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            add(lab, "a", 5_000, 1_000);
            Process process = startProcess(lab);
            try {
                awaitJournal(lab, 1);
            } finally {
                process.destroyForcibly().waitFor();
            }
            JournalEntry set = Lab.entry(Lab.journal(lab.name, "reminders").get(0));
            assertThat(set.hasEvent()).isFalse();
            assertThat(set.timers()).containsExactly(new TimerChange("event time", TimerKind.EVENT_TIME, 5_000));

            Engine second = lab.start(pipeline(lab), lab.config());
            add(lab, "z", 0, 6_000);
            assertThat(Lab.texts(lab.notices, 1)).isEqualTo(Map.of("a", List.of("event time 1")));
            second.close();

            delete(directory.resolve(lab.name));
            Engine third = lab.start(pipeline(lab), lab.config());
            assertThat(third.view(Reminders.STAGE).get("a").join()).contains(1L);
            add(lab, "z", 8_000, 9_000);
            assertThat(Lab.texts(lab.notices, 2))
                    .as("the timer of a does not fire again")
                    .isEqualTo(Map.of("a", List.of("event time 1"), "z", List.of("event time 1")));
        }
    }

    @Test
    void aTransactionInWhichOnlyATimerFiredCommitsThePositionsToo() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            ManualClock clock = ManualClock.startingAt(Instant.now());
            lab.start(pipeline(lab), lab.config().clock(clock));
            add(lab, "a", -60_000, 1_000);
            awaitJournal(lab, 1);
            OffsetAndMetadata before = committed(lab);
            assertThat(before.offset()).isEqualTo(1);

            clock.advance(Duration.ofMinutes(1));
            assertThat(Lab.texts(lab.notices, 1)).isEqualTo(Map.of("a", List.of("processing time 1")));
            OffsetAndMetadata after = committed(lab);
            assertThat(after.offset()).isEqualTo(1);
            assertThat(journalEnd(after)).as("I1, I10").isGreaterThan(journalEnd(before));
            assertThat(journalEnd(after))
                    .isEqualTo(Lab.journal(lab.name, "reminders").get(1).offset() + 1);
        }
    }

    @Test
    void aTimerThatBecameDueWhileTheEngineWasDownFiresWithoutARecord() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            ManualClock clock = ManualClock.startingAt(Instant.now());
            Engine first = lab.start(pipeline(lab), lab.config().clock(clock));
            add(lab, "a", -60_000, 1_000);
            awaitJournal(lab, 1);
            first.close();
            clock.advance(Duration.ofMinutes(2));

            Engine second = lab.start(pipeline(lab), lab.config().clock(clock));
            assertThat(Lab.texts(lab.notices, 1)).isEqualTo(Map.of("a", List.of("processing time 1")));
            second.close();
            clock.advance(Duration.ofMinutes(2));

            lab.start(pipeline(lab), lab.config().clock(clock));
            add(lab, "b", 1_500, 2_000);
            assertThat(Lab.texts(lab.notices, 2))
                    .isEqualTo(Map.of("a", List.of("processing time 1"), "b", List.of("event time 1")));
        }
    }

    @Test
    void aSourceWithoutRecordsDoesNotHoldTimersBackForEver() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            Pipeline merging = Pipeline.named(
                    lab.name,
                    p -> p.from(lab.commands)
                            .merge(p.from(lab.orders))
                            .stage(Reminders.STAGE)
                            .out(Reminders.FIRED)
                            .to(lab.notices));
            add(lab, "a", 5_000, 1_000);
            add(lab, "z", 0, 6_000);
            lab.start(merging, lab.config().idleAfter(Duration.ofMillis(10)));
            assertThat(Lab.texts(lab.notices, 1)).isEqualTo(Map.of("a", List.of("event time 1")));
        }
    }

    /** Runs until killed, or until the parent's end of the pipe is gone. */
    public static void main(String[] args) throws IOException {
        Lab lab = new Lab(Path.of(args[1]), args[2]);
        Engine engine =
                Engine.start(pipeline(lab), Lab.config(args[0], lab.directory).snapshotInterval(Duration.ofDays(1)));
        int end = System.in.read();
        Runtime.getRuntime().halt(engine.failure().isPresent() ? 3 : end & 1);
    }

    private static Process startProcess(Lab lab) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TimersIT.class.getName(),
                Lab.kafka().bootstrapServers(),
                lab.directory.toString(),
                lab.name));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(lab.directory.resolve("child.log").toFile())
                .start();
    }

    private static Pipeline pipeline(Lab lab) {
        return Reminders.pipeline(lab.name, lab.commands, lab.notices);
    }

    private static void add(Lab lab, String key, long value, long timeMillis) {
        Lab.kafka().produce(List.of(Lab.command(lab.commands, key, value, timeMillis)));
    }

    private static void awaitJournal(Lab lab, int entries) {
        String journal = lab.name + "-reminders-journal";
        await("the journal's topic").atMost(Lab.WAIT).until(() -> {
            try (Admin admin = admin()) {
                return admin.listTopics().names().get().contains(journal);
            }
        });
        Lab.kafka().awaitCommitted(journal, entries, Lab.WAIT);
    }

    private static OffsetAndMetadata committed(Lab lab) throws Exception {
        try (Admin admin = admin()) {
            return admin.listConsumerGroupOffsets(lab.name)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(new TopicPartition(lab.commands.name(), 0));
        }
    }

    private static long journalEnd(OffsetAndMetadata committed) {
        return OffsetMetadata.decode(committed.metadata())
                .orElseThrow()
                .journalEnds()
                .get("reminders");
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", Lab.kafka().bootstrapServers()));
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
