package io.wellspring.testkit.kafka;

import java.nio.file.Path;
import java.util.Map;

/** An embedded broker over its home: a sequence of runs of one node at one address. */
final class EmbeddedBroker implements KafkaBroker {
    private final BrokerHome home;
    private final BrokerConfig config;
    private final Map<String, String> properties;
    private final Node.Starter starter;
    private Node node;
    private boolean closed;

    private EmbeddedBroker(BrokerHome home, BrokerConfig config, Node.Starter starter) {
        this.home = home;
        this.config = config;
        this.properties = BrokerProperties.embedded(home, config.properties(), config.startTimeout());
        this.starter = starter;
    }

    static EmbeddedBroker start(BrokerConfig config, Node.Starter starter) {
        BrokerHome home = BrokerHome.open(config.directory());
        EmbeddedBroker broker = new EmbeddedBroker(home, config, starter);
        try {
            broker.restart();
            return broker;
        } catch (RuntimeException | Error e) {
            home.discard();
            throw e;
        }
    }

    Path directory() {
        return home.directory();
    }

    @Override
    public String bootstrapServers() {
        return home.bootstrapServers();
    }

    @Override
    public synchronized boolean isRunning() {
        return node != null && node.isAlive();
    }

    @Override
    public synchronized void stop() {
        if (node != null) {
            node.stop();
            node = null;
        }
    }

    @Override
    public synchronized void kill() {
        if (node != null) {
            node.kill();
            node = null;
        }
    }

    @Override
    public synchronized void restart() {
        if (closed) {
            throw new IllegalStateException(
                    "the embedded broker in " + home.directory() + " was closed; start a new one");
        }
        stop();
        home.requireFreePorts();
        node = starter.start(home, properties, config);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        stop();
        home.discard();
    }

    @Override
    public String toString() {
        return "EmbeddedBroker[" + bootstrapServers() + ", " + home.directory() + "]";
    }
}
