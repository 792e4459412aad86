package io.wellspring.engine;

import io.wellspring.api.port.StateStore.Row;
import io.wellspring.api.port.StateStores;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.JournalEntry.ParkingChange;
import io.wellspring.journal.JournalEntry.ParkingKind;
import io.wellspring.journal.JournalFormat;
import io.wellspring.journal.KafkaClients;
import io.wellspring.journal.OffsetMetadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
            return sendingOutside(real, Timeline.DEAD);
        }
    },

    /** A snapshot lacks the partial matches. */
    PARTIAL_MATCHES_NOT_IN_SNAPSHOTS {
        @Override
        public StateStores stores(StateStores real) {
            return without(
                    real,
                    Set.of(
                            ShopPatterns.RISING,
                            ShopPatterns.LONELY,
                            ShopPatterns.PAIRED,
                            ShopPatterns.PAIRED + "/parts"));
        }
    },

    /** A snapshot has the roots of partial matches and lacks their parts. */
    PARTS_NOT_IN_SNAPSHOTS {
        @Override
        public StateStores stores(StateStores real) {
            return without(real, Set.of(ShopPatterns.PAIRED + "/parts"));
        }
    },

    /** A parked record stands although it is parked again, or done after all. */
    PARKED_RECORD_OUTSIDE_THE_TRANSACTION {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return sendingOutside(real, Workshop.PARKED);
        }
    },

    /** A snapshot lacks the parked keys: their records come to the stage before those that are parked. */
    PARKED_KEYS_NOT_IN_SNAPSHOTS {
        @Override
        public StateStores stores(StateStores real) {
            return without(real, Set.of(Workshop.JOBS.name() + "/parked"));
        }
    },

    /** Records that were read back and processed are still parked for whoever replays the journal. */
    RELEASE_NOT_JOURNALED {
        @Override
        public KafkaClients clients(KafkaClients real) {
            return Sabotages.producing(real, () -> call -> {
                if (call.is("send")) {
                    call.arguments[0] = stillParked((ProducerRecord<?, ?>) call.arguments[0]);
                }
                return call.make();
            });
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

    private static KafkaClients sendingOutside(KafkaClients real, String topic) {
        return new Sabotages.Clients(real) {
            @Override
            public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
                Map<String, Object> without = new HashMap<>(settings);
                without.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
                Producer<byte[], byte[]> beside = super.producer(without);
                return Between.put(
                        Producer.class,
                        super.producer(settings),
                        call -> call.is("send")
                                        && ((ProducerRecord<?, ?>) call.arguments[0])
                                                .topic()
                                                .equals(topic)
                                ? call.makeOf(beside)
                                : call.make());
            }
        };
    }

    /** The record, or one that says instead that something has failed again. */
    private static ProducerRecord<?, ?> stillParked(ProducerRecord<?, ?> record) {
        if (!record.topic().endsWith("-" + Workshop.JOBS.name() + "-journal")) {
            return record;
        }
        JournalEntry entry = JournalFormat.decode(new ConsumerRecord<>(
                record.topic(), record.partition(), 0, (byte[]) record.key(), (byte[]) record.value()));
        if (entry.parking().stream().noneMatch(change -> change.kind() == ParkingKind.TAKEN)) {
            return record;
        }
        var changed = new JournalEntry(
                entry.key(),
                entry.event(),
                entry.sequence(),
                entry.effectIndex(),
                entry.effectSize(),
                entry.eventTimeMillis(),
                entry.processingTimeMillis(),
                entry.cause(),
                entry.timers(),
                List.of(new ParkingChange(ParkingKind.PARKED, "sabotaged", "", Workshop.PARKED)));
        return new ProducerRecord<>(
                record.topic(),
                record.partition(),
                record.timestamp(),
                record.key(),
                JournalFormat.encode(changed),
                record.headers());
    }
}
