package io.wellspring.testkit.kafka;

import java.util.Map;

/** One run of a broker: from its start to its stop or crash. */
interface Node {
    /** Ends the run in order. */
    void stop();

    /** Ends the run as a crash would. */
    void kill();

    boolean isAlive();

    /** Begins runs of one kind. */
    interface Starter {
        /**
         * Starts a node and returns when it takes requests.
         *
         * @throws IllegalStateException if it does not start; nothing of it is left running
         */
        Node start(BrokerHome home, Map<String, String> properties, BrokerConfig config);
    }
}
