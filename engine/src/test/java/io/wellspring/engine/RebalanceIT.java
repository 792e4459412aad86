package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wellspring.engine.TaskStatus.Running;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two engines share the partitions of a pipeline with two sources, and come and go while records flow. */
class RebalanceIT {
    private static final int MOST_RECORDS = 60_000;

    @TempDir
    Path directory;

    @Test
    void everyRecordCountsOnceWhileEnginesComeAndGo() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(4)) {
            var enough = new AtomicBoolean();
            CompletableFuture<Map<String, List<Long>>> input =
                    CompletableFuture.supplyAsync(() -> produceUntil(enough, lab));
            Map<String, List<Long>> sent;
            try {
                EngineConfig a = Lab.config(directory.resolve("a")).workers(2);
                EngineConfig b = Lab.config(directory.resolve("b"));
                Engine first = lab.start(lab.ledger(), a);
                Engine second = lab.start(lab.ledger(), b);
                awaitShared(first, second);
                awaitProgress(lab);

                first.leave();
                await("the other takes over").atMost(Lab.WAIT).until(() -> running(second) == 4);
                awaitProgress(lab);

                Engine back = lab.start(lab.ledger(), a);
                awaitShared(back, second);
                awaitProgress(lab);

                second.close();
                Engine restarted = lab.start(lab.ledger(), b);
                awaitShared(back, restarted);
                awaitProgress(lab);
            } finally {
                enough.set(true);
                sent = input.join();
            }

            int total = sent.values().stream().mapToInt(List::size).sum();
            assertThat(total).as("the flow never stopped").isLessThan(MOST_RECORDS);
            assertThat(changes(Lab.texts(lab.notices, total))).isEqualTo(sorted(sent));
            assertThat(Lab.journal(lab.name, "accounts")).hasSize(total);
        }
    }

    private static void awaitShared(Engine one, Engine other) {
        await("both have tasks")
                .atMost(Lab.WAIT)
                .until(() -> running(one) > 0 && running(other) > 0 && running(one) + running(other) == 4);
    }

    private static void awaitProgress(Lab lab) {
        long before = notices(lab);
        await("more notices").atMost(Lab.WAIT).until(() -> notices(lab) > before + 50);
    }

    private static long notices(Lab lab) {
        return Lab.kafka().endOffsets(lab.notices.name()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static long running(Engine engine) {
        assertThat(engine.failure()).isEmpty();
        return engine.status().stream().filter(Running.class::isInstance).count();
    }

    private static Map<String, List<Long>> produceUntil(AtomicBoolean enough, Lab lab) {
        Map<String, List<Long>> sent = new TreeMap<>();
        Iterable<ProducerRecord<byte[], byte[]>> flow = () -> new Iterator<>() {
            private int count;

            @Override
            public boolean hasNext() {
                return !enough.get() && count < MOST_RECORDS;
            }

            @Override
            public ProducerRecord<byte[], byte[]> next() {
                LockSupport.parkNanos(1_000_000); // a flow, not a flood
                String key = "k" + count % 53;
                long cents = 1L + count % 1_009;
                sent.computeIfAbsent(key, none -> new ArrayList<>()).add(cents);
                return Lab.command(count++ % 2 == 0 ? lab.commands : lab.orders, key, cents, 1_000_000 + count);
            }
        };
        Lab.kafka().produce(flow);
        return sent;
    }

    /** What each notice added to its key, sorted; fails when the numbers of a key's notices have a gap or repeat. */
    private static Map<String, List<Long>> changes(Map<String, List<String>> notices) {
        Map<String, List<Long>> changes = new TreeMap<>();
        notices.forEach((key, texts) -> {
            List<Long> added = new ArrayList<>();
            long before = 0;
            for (int i = 0; i < texts.size(); i++) {
                String[] parts = texts.get(i).split(":", -1);
                assertThat(parts[0]).as("notice %s of %s", i, key).isEqualTo(Integer.toString(i + 1));
                added.add(Long.parseLong(parts[1]) - before);
                before = Long.parseLong(parts[1]);
            }
            changes.put(key, added);
        });
        return sorted(changes);
    }

    private static Map<String, List<Long>> sorted(Map<String, List<Long>> lists) {
        Map<String, List<Long>> sorted = new TreeMap<>();
        lists.forEach((key, list) -> sorted.put(key, list.stream().sorted().toList()));
        return sorted;
    }
}
