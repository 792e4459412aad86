package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wellspring.engine.TaskStatus.Running;
import io.wellspring.journal.KafkaClients;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A commit that is refused while the worker goes on: the transaction is aborted and its tasks continue from their committed positions (I7). */
class AbortIT {
    private static final int RECORDS = 3_000;

    @TempDir
    Path directory;

    @Test
    void whatARefusedCommitHeldIsProcessedAgainOnce() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(2)) {
            var refusals = new AtomicInteger();
            KafkaClients refusing =
                    new Refusing(KafkaClients.connecting(lab.config().client()), refusals);
            Engine engine = lab.start(lab.ledger(), lab.config().clients(refusing));
            for (String key : new String[] {"alice", "bob", "carol"}) {
                lab.add(
                        lab.commands,
                        key,
                        LongStream.rangeClosed(1, RECORDS / 3).toArray());
            }

            Map<String, List<String>> notices = Lab.texts(lab.notices, RECORDS);

            assertThat(refusals).hasPositiveValue();
            long sum = LongStream.rangeClosed(1, RECORDS / 3).sum();
            assertThat(notices)
                    .hasSize(3)
                    .allSatisfy((key, texts) ->
                            assertThat(texts).hasSize(RECORDS / 3).endsWith(RECORDS / 3 + ":" + sum));
            assertThat(engine.failure()).isEmpty();
            assertThat(engine.status()).allMatch(Running.class::isInstance);
            await("counts of what was committed")
                    .atMost(Lab.WAIT)
                    .untilAsserted(() -> assertThat(engine.counts().records()).isEqualTo(RECORDS));
        }
    }

    /** Real clients, whose producers refuse each second commit as the group does after a rebalance, four times in all. */
    private record Refusing(KafkaClients real, AtomicInteger refusals) implements KafkaClients {
        @Override
        @SuppressWarnings("unchecked")
        public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
            Producer<byte[], byte[]> producer = real.producer(settings);
            var commits = new AtomicInteger();
            return (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                    Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("sendOffsetsToTransaction")
                                && commits.incrementAndGet() % 2 == 1
                                && refusals.get() < 4) {
                            refusals.incrementAndGet();
                            throw new CommitFailedException("refused by the test");
                        }
                        try {
                            return method.invoke(producer, arguments);
                        } catch (InvocationTargetException thrown) {
                            throw thrown.getCause();
                        }
                    });
        }

        @Override
        public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
            return real.consumer(settings);
        }

        @Override
        public Admin admin(Map<String, Object> settings) {
            return real.admin(settings);
        }
    }
}
