package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wellspring.api.Pipeline;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.port.StateStores;
import io.wellspring.journal.KafkaClients;
import io.wellspring.testkit.ManualClock;
import io.wellspring.testkit.sim.SimDisk;
import io.wellspring.testkit.sim.SimKafka;
import io.wellspring.testkit.sim.SimProcess;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;

/** The accounts on a simulated cluster of one partition, for tests that step one or more engines through a scene. */
final class SimulatedLedger {
    static final TopicPartition COMMANDS = new TopicPartition(Accounts.COMMANDS.name(), 0);
    static final TopicPartition NOTICES = new TopicPartition(Accounts.NOTICES_TOPIC.name(), 0);
    static final TopicPartition JOURNAL = new TopicPartition("ledger-accounts-journal", 0);
    private static final int MOST_STEPS = 50_000;

    final ManualClock clock = ManualClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
    final SimKafka kafka = SimKafka.seeded(1, clock);
    private final Topology topology;
    private final int partitions;

    /** Runs in an engine that is about to give partitions back. */
    Runnable beforeRevoked = () -> {};

    /** Asked before each question for committed offsets, about which partitions it is; what it throws is the answer. */
    java.util.function.Consumer<Collection<TopicPartition>> beforeCommitted = partitions -> {};

    /** Stands between the engines that are started from now on and their producers. */
    Between aroundProducers = Between.Call::make;

    SimulatedLedger() {
        this(1);
    }

    /** A ledger with as many tasks. */
    SimulatedLedger(int partitions) {
        this(
                partitions,
                Pipeline.named(
                        "ledger",
                        p -> p.from(Accounts.COMMANDS)
                                .stage(Accounts.STAGE)
                                .out(Accounts.NOTICES)
                                .to(Accounts.NOTICES_TOPIC)));
    }

    /** Another pipeline of that name from the commands to the notices. */
    SimulatedLedger(int partitions, Pipeline pipeline) {
        this.partitions = partitions;
        this.topology = Topology.of(pipeline.graph());
        kafka.admin(Map.of())
                .createTopics(Stream.of(COMMANDS, NOTICES)
                        .map(partition -> new NewTopic(partition.topic(), partitions, (short) 1))
                        .toList());
    }

    void command(String key, long cents) {
        kafka.load(COMMANDS, key.getBytes(UTF_8), Codecs.int64().encode(cents), clock.millis());
    }

    /** A command for each task. */
    void commands(long cents) {
        for (int partition = 0; partition < partitions; partition++) {
            kafka.load(
                    new TopicPartition(COMMANDS.topic(), partition),
                    ("account" + partition).getBytes(UTF_8),
                    Codecs.int64().encode(cents),
                    clock.millis());
        }
    }

    /** The committed notices. */
    List<String> notices() {
        return IntStream.range(0, partitions)
                .mapToObj(partition -> kafka.committedRecords(new TopicPartition(NOTICES.topic(), partition)))
                .flatMap(List::stream)
                .map(found -> new String(found.value(), UTF_8))
                .toList();
    }

    /** How many tasks have an owner, as the group stands. */
    long owned() {
        try {
            return kafka
                    .admin(Map.of())
                    .describeConsumerGroups(List.of("ledger"))
                    .describedGroups()
                    .get("ledger")
                    .get()
                    .members()
                    .stream()
                    .mapToLong(member -> member.assignment().topicPartitions().size())
                    .sum();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** Starts an engine on a disk. */
    Running start(SimDisk disk) {
        return start(disk, config -> config);
    }

    /** Starts an engine on a disk, with what a test wants otherwise. */
    Running start(SimDisk disk, UnaryOperator<EngineConfig> chosen) {
        disk.startAnew();
        return start((StateStores) disk, chosen);
    }

    /** Starts an engine on stores that no process has open. */
    Running start(StateStores stores, UnaryOperator<EngineConfig> settings) {
        SimProcess process = kafka.process(stores.instanceId() + "#" + stores.startNonce());
        EngineConfig config = settings.apply(EngineConfig.forBootstrap("simulated")
                .stateDir(Path.of("simulated"))
                .clock(clock));
        Between around = aroundProducers;
        return new Running(
                process,
                SteppedEngine.start(
                        topology,
                        config,
                        new SteppedEngine.Surroundings(
                                KafkaClients.of(
                                        client -> Between.put(Producer.class, process.producer(client), around),
                                        client -> hooked(process.consumer(client)),
                                        process::admin),
                                stores,
                                () -> clock.millis() * 1_000_000,
                                this::turn)));
    }

    @SuppressWarnings("unchecked")
    private Consumer<byte[], byte[]> hooked(Consumer<byte[], byte[]> consumer) {
        return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                SimulatedLedger.class.getClassLoader(), new Class<?>[] {Consumer.class}, (proxy, method, arguments) -> {
                    if (arguments != null
                            && arguments.length == 2
                            && arguments[1] instanceof ConsumerRebalanceListener to) {
                        arguments[1] = new ConsumerRebalanceListener() {
                            @Override
                            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                                beforeRevoked.run();
                                to.onPartitionsRevoked(partitions);
                            }

                            @Override
                            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                                to.onPartitionsAssigned(partitions);
                            }

                            @Override
                            public void onPartitionsLost(Collection<TopicPartition> partitions) {
                                to.onPartitionsLost(partitions);
                            }
                        };
                    }
                    if (method.getName().equals("committed")) {
                        beforeCommitted.accept((Collection<TopicPartition>) arguments[0]);
                    }
                    try {
                        return method.invoke(consumer, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    private void turn() {
        clock.advance(Duration.ofMillis(5));
        kafka.settle();
    }

    /** An engine that runs. */
    final class Running {
        private final SimProcess process;
        private final SteppedEngine engine;

        private Running(SimProcess process, SteppedEngine engine) {
            this.process = process;
            this.engine = engine;
        }

        void step() {
            engine.step();
            turn();
        }

        /** Steps until something holds. */
        void until(BooleanSupplier holds) {
            for (int step = 0; !holds.getAsBoolean(); step++) {
                if (step == MOST_STEPS) {
                    throw new AssertionError("not reached within " + MOST_STEPS + " steps: " + status() + "\n"
                            + String.join("\n", kafka.trace(60)));
                }
                step();
            }
        }

        void untilRunning() {
            until(() -> status().stream().anyMatch(TaskStatus.Running.class::isInstance));
        }

        List<TaskStatus> status() {
            return engine.status();
        }

        /** How many polled records wait in the first task's buffers. */
        int buffered() {
            Task task = engine.running(new TaskId(0, 0));
            return task == null
                    ? 0
                    : task.buffers().stream().mapToInt(PartitionBuffer::size).sum();
        }

        List<StandbyStatus> standbys() {
            return engine.standbys();
        }

        /** Why its one task has stopped. */
        RuntimeException untilFailed() {
            until(() -> status().stream().anyMatch(TaskStatus.Failed.class::isInstance));
            return ((TaskStatus.Failed) status().get(0)).error();
        }

        /** Closes in order, snapshot written. */
        void close() {
            engine.close(false);
            process.crash();
        }

        /** Ends as an engine does that cannot go on. */
        void abandon() {
            engine.abandon();
            process.crash();
        }

        void crash() {
            process.crash();
        }

        void stall() {
            process.stall();
        }

        void wake() {
            process.wake();
        }
    }
}
