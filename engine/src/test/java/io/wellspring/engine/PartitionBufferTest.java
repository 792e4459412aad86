package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.SourceOptions;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.error.CodecException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class PartitionBufferTest {
    @Test
    void thePositionIsTheFirstRecordNotProcessedOrElseTheConsumers() {
        PartitionBuffer buffer = buffer(SourceOptions.defaults());
        buffer.reset(5);
        assertThat(buffer.position(0)).isEqualTo(5);
        buffer.add(List.of(record(5, 1L), record(8, 2L)));
        assertThat(buffer.position(9)).isEqualTo(5);
        buffer.removeHead();
        assertThat(buffer.position(9)).isEqualTo(8);
        buffer.removeHead();
        assertThat(buffer.position(12)).describedAs("behind the markers").isEqualTo(12);
        assertThat(buffer.position(0)).describedAs("never back").isEqualTo(9);
    }

    @Test
    void countsRecordsAndBytesUpAndDown() {
        PartitionBuffer buffer = buffer(SourceOptions.defaults());
        buffer.add(List.of(record(0, 1L), record(1, 2L)));
        long bytes = buffer.bytes();
        assertThat(buffer.size()).isEqualTo(2);
        assertThat(bytes).isPositive();
        buffer.removeHead();
        assertThat(buffer.bytes()).isEqualTo(bytes / 2);
        buffer.reset(0);
        assertThat(buffer.bytes()).isZero();
        assertThat(buffer.isEmpty()).isTrue();
    }

    @Test
    void decodesTheHeadOnceAndTakesItsEventTimeFromTheExtractor() {
        var calls = new AtomicInteger();
        PartitionBuffer buffer = buffer(SourceOptions.<Long>defaults().eventTime(value -> {
            calls.incrementAndGet();
            return Instant.ofEpochMilli(value * 10);
        }));
        buffer.add(List.of(record(0, 7L)));
        assertThat(buffer.head().eventTimeMillis()).isEqualTo(70);
        assertThat(buffer.head().value()).isEqualTo(7L);
        assertThat(buffer.head().key()).isEqualTo("k");
        assertThat(calls).hasValue(1);
    }

    @Test
    void aRecordThatCannotBeReadCarriesItsFailureAndItsOwnTime() {
        PartitionBuffer buffer = buffer(SourceOptions.defaults());
        buffer.add(List.of(record(0, new byte[3]), record(1, (byte[]) null)));
        assertThat(buffer.head().failure()).isInstanceOf(CodecException.class);
        assertThat(buffer.head().eventTimeMillis()).isEqualTo(100);
        buffer.removeHead();
        assertThat(buffer.head().failure())
                .hasMessage("The record has no value (a tombstone); streams carry values only");
    }

    @Test
    void anExtractorThatThrowsIsAFailureOfTheRecord() {
        PartitionBuffer buffer = buffer(SourceOptions.<Long>defaults().eventTime(value -> {
            throw new IllegalStateException("no time");
        }));
        buffer.add(List.of(record(0, 7L)));
        assertThat(buffer.head().failure()).hasMessage("no time");
        assertThat(buffer.head().eventTimeMillis()).isEqualTo(100);
    }

    private static PartitionBuffer buffer(SourceOptions<Long> options) {
        return new PartitionBuffer(
                new TaskGroup.Input("in", Codecs.utf8(), Codecs.int64(), options, 0, false),
                new TopicPartition("in", 0));
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, Long value) {
        return record(offset, Codecs.int64().encode(value));
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, byte[] value) {
        return new ConsumerRecord<>(
                "in",
                0,
                offset,
                100,
                TimestampType.CREATE_TIME,
                1,
                value == null ? -1 : value.length,
                "k".getBytes(UTF_8),
                value,
                new RecordHeaders(),
                Optional.empty());
    }
}
