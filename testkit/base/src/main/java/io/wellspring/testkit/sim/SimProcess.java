package io.wellspring.testkit.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * The clients of one simulated process, which can crash or stall together. Made by {@link SimKafka#process}. Used by one thread, like all
 * of the simulation.
 */
public final class SimProcess {
    private final String name;
    private final SimCluster cluster;
    private final List<SimProducer> producers = new ArrayList<>();
    private boolean crashed;
    private long stoppedMillis = -1;
    private int wakings;

    SimProcess(String name, SimCluster cluster) {
        this.name = name;
        this.cluster = cluster;
    }

    /**
     * A producer of raw bytes.
     *
     * @param settings its properties by Kafka's names; where to connect is not looked at
     * @return a new producer
     * @throws org.apache.kafka.common.config.ConfigException when a setting is unusable
     */
    public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
        SimProducer producer = new SimProducer(cluster, this, settings);
        producers.add(producer);
        cluster.register(producer);
        return producer;
    }

    /**
     * A consumer of raw bytes, neither subscribed nor assigned.
     *
     * @param settings its properties by Kafka's names; where to connect is not looked at
     * @return a new consumer
     * @throws org.apache.kafka.common.config.ConfigException when a setting is unusable
     */
    public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        return new SimConsumer(cluster, this, settings);
    }

    /**
     * An admin client. Its answers are complete when it gives them.
     *
     * @param settings its properties; none is looked at
     * @return a new admin client
     */
    public Admin admin(Map<String, Object> settings) {
        return new SimAdmin(cluster, this);
    }

    /**
     * Ends the process as {@code kill -9} does: nothing is closed, and what was on its way to the cluster arrives in part. Calls of its
     * clients throw from now on, except for their closing, which does nothing.
     */
    public void crash() {
        if (!crashed) {
            cluster.trace("process %s crashes", name);
            crashed = true;
            stop();
            producers.forEach(SimProducer::vanish);
        }
    }

    /**
     * Stops what its clients do by themselves: heartbeats, and sending what they have buffered. Calls are carried out as ever, and met
     * by a cluster that may have given the process up.
     */
    public void stall() {
        cluster.trace("process %s stalls", name);
        stop();
    }

    /** Ends a stall. Heartbeats go on, and the cluster says what it thinks of them. */
    public void wake() {
        requireAlive("wake");
        cluster.trace("process %s wakes", name);
        stoppedMillis = -1;
        wakings++;
    }

    private void stop() {
        if (stoppedMillis < 0) {
            stoppedMillis = cluster.nowMillis();
        }
    }

    /** When its heartbeats stopped; empty while they go on. */
    OptionalLong stoppedMillis() {
        return stoppedMillis < 0 ? OptionalLong.empty() : OptionalLong.of(stoppedMillis);
    }

    /** How often it woke from a stall. */
    int wakings() {
        return wakings;
    }

    boolean crashed() {
        return crashed;
    }

    void requireAlive(String what) {
        if (crashed) {
            throw new IllegalStateException(
                    "process " + name + " has crashed, its clients cannot " + what + ": make a new process");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
