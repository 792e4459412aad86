package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wellspring.api.Pipeline;
import io.wellspring.api.error.CorruptException;
import io.wellspring.testkit.kafka.BrokerConfig;
import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real log that loses its tail: the broker's own file is cut while it is down. */
class LostTailIT {
    private static final String JOURNAL = "ledger-accounts-journal";

    @TempDir
    Path directory;

    @Test
    void aJournalThatLostItsTailAndHasGrownAgainIsRefusedAndANewLeaderIsNot() throws Exception {
        Path home = directory.resolve("broker");
        try (KafkaBroker kafka = EmbeddedKafka.inProcess(BrokerConfig.defaults().directory(home))) {
            // The events lie in 1970, their markers do not, so the journal begins a segment with each.
            kafka.createTopic(Accounts.COMMANDS.name(), 1);
            kafka.createTopic(Accounts.NOTICES_TOPIC.name(), 1);
            EngineConfig config = Lab.config(kafka.bootstrapServers(), directory.resolve("state"));
            runOnce(kafka, config, 1);
            runOnce(kafka, config, 2);
            kafka.restart(); // a leader of a later epoch, with the whole log
            runOnce(kafka, config, 3);
            long end = eventsEnd(kafka);

            kafka.stop();
            cut(home);
            kafka.restart();
            assertThat(logEnd(kafka)).isLessThan(end);
            while (logEnd(kafka) < end) {
                kafka.produce(JOURNAL, new byte[0], new byte[0]);
            }

            try (Engine engine = Engine.start(pipeline(), config)) {
                assertThatThrownBy(() -> engine.awaitRunning(Lab.WAIT))
                        .isInstanceOf(CorruptException.class)
                        .hasMessageContaining("journal " + JOURNAL + "-0 lost its tail and may have grown again since");
            }
        }
    }

    /** One command, its notice, and a snapshot of it. */
    private static void runOnce(KafkaBroker kafka, EngineConfig config, int count) throws InterruptedException {
        try (Engine engine = Engine.start(pipeline(), config)) {
            engine.awaitRunning(Lab.WAIT);
            kafka.produce(List.of(Lab.command(Accounts.COMMANDS, "alice", count, 1_000)));
            kafka.awaitCommitted(Accounts.NOTICES_TOPIC.name(), count, Lab.WAIT);
            await("it is committed here too")
                    .atMost(Lab.WAIT)
                    .until(() -> engine.view(Accounts.STAGE).get("alice").join().isPresent());
        }
    }

    private static Pipeline pipeline() {
        return Pipeline.named(
                "ledger",
                p -> p.from(Accounts.COMMANDS)
                        .stage(Accounts.STAGE)
                        .out(Accounts.NOTICES)
                        .to(Accounts.NOTICES_TOPIC));
    }

    private static long logEnd(KafkaBroker kafka) {
        return kafka.endOffsets(JOURNAL).get(0);
    }

    private static long eventsEnd(KafkaBroker kafka) {
        var events = kafka.readCommitted(JOURNAL, Lab.WAIT);
        return events.get(events.size() - 1).offset() + 1;
    }

    /** Takes away the segments behind the first event, and what the broker has derived from them. */
    private static void cut(Path home) throws IOException {
        try (var found = Files.walk(home)) {
            for (Path path : found.filter(Files::isRegularFile).toList()) {
                boolean tail = path.getParent().endsWith(JOURNAL + "-0")
                        && path.toString().matches(".*\\.(log|index|timeindex|txnindex|snapshot)")
                        && !path.endsWith("00000000000000000000.log");
                if (tail || path.endsWith(".kafka_cleanshutdown")) {
                    Files.delete(path);
                }
            }
        }
    }
}
