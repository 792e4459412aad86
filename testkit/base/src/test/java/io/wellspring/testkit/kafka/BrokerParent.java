package io.wellspring.testkit.kafka;

/** A JVM that starts a broker in a JVM of its own, says where, and waits to be killed. */
final class BrokerParent {
    private BrokerParent() {}

    public static void main(String[] args) throws InterruptedException {
        KafkaBroker broker = EmbeddedKafka.ownJvm();
        long brokerPid =
                ProcessHandle.current().children().findFirst().orElseThrow().pid();
        System.out.println(brokerPid + " " + ((EmbeddedBroker) broker).directory());
        Thread.currentThread().join();
    }
}
