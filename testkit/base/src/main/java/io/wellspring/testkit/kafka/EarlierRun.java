package io.wellspring.testkit.kafka;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMException;
import javax.management.ObjectName;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/**
 * What an earlier run of a node has left in the cluster: a broker that the controller takes for alive until its session ends. A node that started
 * over it would lead its partitions for that time, lose them when the session ends, and get them back when it is registered itself. That must not be:
 * a broker 4.4 takes partitions without a leader for deleted ones, and drops the markers of transactions that it is completing, which leaves those
 * open for ever ({@code KRaftMetadataCache.getPartitionLeaderEndpoint} is empty for the leader -1). So the controller runs alone first, until it
 * has fenced the broker of the earlier run. For the same reason no run ends with a controlled shutdown, which takes the leaders away
 * from a broker that still completes transactions.
 */
final class EarlierRun {
    private static final String SESSION_MILLIS = "500";
    private static final Duration LONGEST = Duration.ofSeconds(15);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private EarlierRun() {}

    /** Whether there was one. */
    static boolean in(BrokerHome home) {
        return Files.exists(home.dataDirectory().resolve("meta.properties"));
    }

    /** Lets the session of its broker end. One that was killed before it was registered is waited for in vain, for a bounded time. */
    static void fence(Map<String, String> brokerProperties) {
        Properties properties = new Properties();
        properties.putAll(brokerProperties);
        properties.remove("advertised.listeners");
        properties.remove("inter.broker.listener.name");
        properties.put("process.roles", "controller");
        properties.put("broker.session.timeout.ms", SESSION_MILLIS);
        properties.put("listeners", controllerListener(brokerProperties.get("listeners")));
        KafkaRaftServer controller = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        try {
            controller.startup();
            long giveUpNanos = System.nanoTime() + LONGEST.toNanos();
            while (brokers("Fenced") == 0 && System.nanoTime() - giveUpNanos < 0) {
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        } finally {
            controller.shutdown();
            controller.awaitShutdown();
        }
    }

    private static String controllerListener(String listeners) {
        return listeners.substring(listeners.indexOf(BrokerProperties.CONTROLLER_LISTENER));
    }

    /** How many of a kind the controller of this JVM knows; 0 while it knows nothing yet. */
    private static int brokers(String kind) {
        try {
            return (Integer) ManagementFactory.getPlatformMBeanServer()
                    .getAttribute(
                            new ObjectName("kafka.controller:type=KafkaController,name=" + kind + "BrokerCount"),
                            "Value");
        } catch (JMException notYet) {
            return 0;
        }
    }
}
