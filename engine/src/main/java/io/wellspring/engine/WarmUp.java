package io.wellspring.engine;

import io.wellspring.journal.KafkaClients;
import io.wellspring.state.StateDirectory;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads, beside the first questions that a starting engine asks the cluster, what its workers need afterwards: RocksDB's native code and the classes of
 * Kafka's clients. A quarter of a second of an engine that comes back after a crash. It changes nothing, on the disk or in the cluster, and what
 * fails here is done again, and reported, where it belongs.
 */
final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    private WarmUp() {}

    /** Begins, in a thread of its own. */
    static void begin(EngineConfig config, String pipeline) {
        var thread = new Thread(
                () -> {
                    attempt(() -> StateDirectory.warmUp(config.stateDir(), pipeline));
                    attempt(() -> loadClients(config.clients(), pipeline));
                },
                "wellspring-" + pipeline + "-warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    private static void loadClients(KafkaClients clients, String pipeline) {
        String id = pipeline + "-warm-up";
        clients.consumer(Map.of(ConsumerConfig.CLIENT_ID_CONFIG, id, ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false))
                .close(CloseOptions.timeout(Duration.ZERO));
        // Without idempotence it asks the cluster for nothing.
        clients.producer(Map.of(ProducerConfig.CLIENT_ID_CONFIG, id, ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false))
                .close(Duration.ZERO);
    }

    private static void attempt(Runnable part) {
        try {
            part.run();
        } catch (RuntimeException | LinkageError later) {
            LOG.debug("a part of the start was not done beforehand", later);
        }
    }
}
