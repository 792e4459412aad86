package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/** Compares with the client's own class, which is internal: where it moves, this test has to follow, not the engine. */
class KeyPartitionsTest {
    @Property(tries = 5_000)
    void everyKeyLiesWhereTheProducerPutsIt(
            @ForAll @Size(max = 40) byte[] key, @ForAll @IntRange(min = 1, max = 10_000) int partitions) {
        assertThat(KeyPartitions.of(key, partitions))
                .isEqualTo(BuiltInPartitioner.partitionForKey(key, partitions))
                .isBetween(0, partitions - 1);
    }
}
