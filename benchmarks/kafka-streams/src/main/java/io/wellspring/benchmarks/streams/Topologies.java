package io.wellspring.benchmarks.streams;

import io.wellspring.benchmarks.contestant.ContestantSettings;
import io.wellspring.benchmarks.contestant.Entry;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** The workloads as Kafka Streams topologies. */
final class Topologies {
    private Topologies() {}

    static Topology of(ContestantSettings settings) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<byte[], byte[]> input =
                builder.stream(settings.inputTopic(), Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()));
        KStream<byte[], byte[]> output = switch (settings.workload()) {
            case "relay" -> input.mapValues(Entry::mark);
            case "ledger" -> {
                builder.addStateStore(balances(settings.option("store", "rocksdb")));
                yield input.processValues(BalanceProcessor::new, BalanceProcessor.BALANCES);
            }
            default ->
                throw new IllegalArgumentException("workload " + settings.workload()
                        + " has no topology [StreamsContestant]; relay and ledger have");
        };
        output.to(settings.outputTopic(), Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
        return builder.build();
    }

    private static StoreBuilder<KeyValueStore<byte[], Long>> balances(String store) {
        KeyValueBytesStoreSupplier supplier = store.equals("rocksdb")
                ? Stores.persistentKeyValueStore(BalanceProcessor.BALANCES)
                : Stores.inMemoryKeyValueStore(BalanceProcessor.BALANCES);
        StoreBuilder<KeyValueStore<byte[], Long>> builder =
                Stores.keyValueStoreBuilder(supplier, Serdes.ByteArray(), Serdes.Long());
        return switch (store) {
            case "rocksdb", "memory" -> builder.withLoggingEnabled(Map.of());
            case "memory-unlogged" -> builder.withLoggingDisabled();
            default ->
                throw new IllegalArgumentException(
                        "store=" + store + " is unknown [StreamsContestant]; rocksdb, memory or memory-unlogged");
        };
    }
}
