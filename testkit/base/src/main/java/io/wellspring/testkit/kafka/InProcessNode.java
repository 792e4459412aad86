package io.wellspring.testkit.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.Exit;
import org.apache.kafka.metadata.storage.Formatter;

/** One run of a Kafka node in this JVM. Kafka's server object serves once, so a restart is a new node over the same home. */
final class InProcessNode implements Node {
    private final KafkaRaftServer server;

    private InProcessNode(KafkaRaftServer server) {
        this.server = server;
    }

    /** Formats the home where that is still to be done, starts the node and returns when it takes requests. */
    static InProcessNode start(BrokerHome home, Map<String, String> brokerProperties) {
        Properties properties = new Properties();
        properties.putAll(brokerProperties);
        KafkaRaftServer server = null;
        try {
            if (EarlierRun.in(home)) {
                EarlierRun.fence(brokerProperties);
            }
            format(home);
            server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
            server.startup();
            return new InProcessNode(server);
        } catch (Exception | Error e) {
            shutDownQuietly(server, e);
            throw new IllegalStateException(
                    "the embedded Kafka broker in " + home.directory() + " did not start: " + e, e);
        }
    }

    private static void format(BrokerHome home) throws Exception {
        new Formatter()
                .setNodeId(BrokerProperties.NODE_ID)
                .setClusterId(home.clusterId())
                .setControllerListenerName(BrokerProperties.CONTROLLER_LISTENER)
                .addDirectory(home.dataDirectory().toString())
                .setMetadataLogDirectory(home.dataDirectory().toString())
                .setIgnoreFormatted(true)
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
                .run();
    }

    private static void shutDownQuietly(KafkaRaftServer server, Throwable reason) {
        if (server == null) {
            return;
        }
        try {
            server.shutdown();
            server.awaitShutdown();
        } catch (Exception | Error e) {
            reason.addSuppressed(e);
        }
    }

    @Override
    public void stop() {
        server.shutdown();
        server.awaitShutdown();
    }

    @Override
    public void kill() {
        throw new UnsupportedOperationException(
                "a broker in this JVM cannot be killed; start it with EmbeddedKafka.ownJvm()");
    }

    @Override
    public boolean isAlive() {
        return true;
    }

    /** Kafka ends its JVM on faults it cannot mend. This JVM is the test's, so the fault surfaces where it happened instead. */
    static void keepThisJvm() {
        Exit.setExitProcedure((status, message) -> {
            throw new IllegalStateException(
                    "the embedded broker wanted to exit with status " + status + ": " + message);
        });
        Exit.setHaltProcedure((status, message) -> {
            throw new IllegalStateException(
                    "the embedded broker wanted to halt with status " + status + ": " + message);
        });
    }
}
