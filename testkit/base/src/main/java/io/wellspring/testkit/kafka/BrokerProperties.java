package io.wellspring.testkit.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The one place of broker properties.
 *
 * <p>A single node must not wait for others: replication factors are 1 and rebalances start at once. Record times in tests often lie years
 * back, so nothing is removed by age. The rest makes the node small: few coordinator partitions, threads and buffers.
 * {@code add.partitions.to.txn.retry.backoff.ms} stays at Kafka's default, because it shapes commit latency.
 */
final class BrokerProperties {
    static final int NODE_ID = 1;
    static final String CONTROLLER_LISTENER = "CONTROLLER";
    private static final String BROKER_LISTENER = "PLAINTEXT";

    /** What a restart relies on, or what the testkit reads back. */
    static final Set<String> FIXED = Set.of(
            "process.roles",
            "node.id",
            "controller.quorum.voters",
            "controller.quorum.bootstrap.servers",
            "controller.listener.names",
            "listeners",
            "advertised.listeners",
            "listener.security.protocol.map",
            "inter.broker.listener.name",
            "log.dir",
            "log.dirs",
            "metadata.log.dir");

    private BrokerProperties() {}

    /** What every kind of single test broker has, containers too. */
    static Map<String, String> singleNode() {
        Map<String, String> properties = new TreeMap<>();
        properties.put("default.replication.factor", "1");
        properties.put("min.insync.replicas", "1");
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "4");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("transaction.state.log.num.partitions", "4");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("share.coordinator.state.topic.num.partitions", "1");
        properties.put("auto.create.topics.enable", "false");
        // Source records of tests carry event times of years ago; the default of a week would remove them.
        properties.put("log.retention.ms", "-1");

        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("group.min.session.timeout.ms", "1000");
        // The broker, not the client, chooses these for the "consumer" protocol; 5 s and 45 s otherwise.
        properties.put("group.consumer.min.heartbeat.interval.ms", "100");
        properties.put("group.consumer.heartbeat.interval.ms", "500");
        properties.put("group.consumer.min.session.timeout.ms", "1000");
        properties.put("group.consumer.session.timeout.ms", "10000");
        // How often transactions past their timeout are looked for; 10 s otherwise.
        properties.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");

        properties.put("log.cleaner.dedupe.buffer.size", "4194304");
        properties.put("log.cleaner.threads", "1");
        properties.put("num.network.threads", "2");
        properties.put("num.io.threads", "4");
        properties.put("background.threads", "2");
        properties.put("num.recovery.threads.per.data.dir", "1");
        return properties;
    }

    /** Everything one embedded node needs: broker and controller in one, on loopback, in its home. */
    static Map<String, String> embedded(BrokerHome home, Map<String, String> overrides, Duration startTimeout) {
        Map<String, String> properties = singleNode();
        properties.put("broker.heartbeat.interval.ms", "400");
        properties.put("controlled.shutdown.enable", "false"); // EarlierRun says why
        properties.put("server.max.startup.time.ms", Long.toString(startTimeout.toMillis()));
        properties.putAll(overrides);

        String broker = BrokerHome.HOST + ":" + home.port();
        String controller = BrokerHome.HOST + ":" + home.controllerPort();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(NODE_ID));
        properties.put("controller.quorum.voters", NODE_ID + "@" + controller);
        properties.put("controller.listener.names", CONTROLLER_LISTENER);
        properties.put("listeners", BROKER_LISTENER + "://" + broker + "," + CONTROLLER_LISTENER + "://" + controller);
        properties.put("advertised.listeners", BROKER_LISTENER + "://" + broker);
        properties.put(
                "listener.security.protocol.map", BROKER_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
        properties.put("inter.broker.listener.name", BROKER_LISTENER);
        properties.put("log.dirs", home.dataDirectory().toString());
        return properties;
    }
}
