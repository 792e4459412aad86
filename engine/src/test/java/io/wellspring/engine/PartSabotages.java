package io.wellspring.engine;

import io.wellspring.api.port.StateStore.Row;
import io.wellspring.api.port.StateStores;
import io.wellspring.journal.KafkaClients;
import io.wellspring.journal.OffsetMetadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Like {@link Sabotages}: mistakes with what only the parts of a simulated pipeline have ({@link ShopPart}). */
enum PartSabotages implements Sabotage {
    /** A dead letter stands although the record that it tells of is processed again. */
    DEAD_LETTER_OUTSIDE_THE_TRANSACTION {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return new Sabotages.Clients(real) {
                @Override
                public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
                    Map<String, Object> without = new HashMap<>(settings);
                    without.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
                    Producer<byte[], byte[]> beside = super.producer(without);
                    return Between.put(Producer.class, super.producer(settings), call -> {
                        boolean letter = call.is("send") && topic(call).equals(Timeline.DEAD);
                        return letter ? call.makeOf(beside) : call.make();
                    });
                }
            };
        }
    },

    /** A snapshot lacks the partial matches. */
    PARTIAL_MATCHES_NOT_IN_SNAPSHOTS {
        @Override
        public StateStores stores(StateStores real) {
            return without(real, Set.of(ShopPatterns.RISING, ShopPatterns.LONELY));
        }
    },

    /** What has been read is taken for done, though it waits for the watermark. */
    WAITING_RECORDS_FORGOTTEN {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return committing(
                    real,
                    (position, metadata) -> new OffsetAndMetadata(
                            metadata.ahead().map(ahead -> ahead.readEnd()).orElse(position),
                            new OffsetMetadata(metadata.nonce(), metadata.watermarkMillis(), metadata.journalEnds())
                                    .encode()));
        }
    },

    /** What is done beyond the position is taken for waiting. */
    READ_AHEAD_FORGOTTEN {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return committing(
                    real,
                    (position, metadata) -> new OffsetAndMetadata(
                            position,
                            new OffsetMetadata(metadata.nonce(), metadata.watermarkMillis(), metadata.journalEnds())
                                    .encode()));
        }
    },

    /** After a restart the first records decide anew what is late. */
    WATERMARK_FORGOTTEN {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return committing(
                    real,
                    (position, metadata) -> new OffsetAndMetadata(
                            position,
                            new OffsetMetadata(
                                            metadata.nonce(), Long.MIN_VALUE, metadata.journalEnds(), metadata.ahead())
                                    .encode()));
        }
    };

    private interface Commit {
        OffsetAndMetadata of(long position, OffsetMetadata metadata);
    }

    /** What a commit says of positions is changed. */
    private static KafkaClients committing(KafkaClients real, Commit changed) {
        return Sabotages.producing(real, () -> call -> {
            if (call.is("sendOffsetsToTransaction")) {
                Map<Object, OffsetAndMetadata> offsets = new HashMap<>();
                ((Map<?, ?>) call.arguments[0]).forEach((partition, value) -> {
                    var offset = (OffsetAndMetadata) value;
                    Optional<OffsetMetadata> metadata = OffsetMetadata.decode(offset.metadata());
                    offsets.put(
                            partition,
                            metadata.map(found -> changed.of(offset.offset(), found))
                                    .orElse(offset));
                });
                call.arguments[0] = offsets;
            }
            return call.make();
        });
    }

    private static StateStores without(StateStores real, Set<String> stages) {
        return Sabotages.writing(real, call -> {
            call.arguments[0] = ((List<?>) call.arguments[0])
                    .stream()
                            .filter(row -> !stages.contains(((Row) row).stage()))
                            .toList();
            return call.make();
        });
    }

    private static String topic(Between.Call call) {
        return ((ProducerRecord<?, ?>) call.arguments[0]).topic();
    }
}
