package io.wellspring.testkit.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * The log of one partition: records and the markers of transactions, each with an offset of its own.
 *
 * <p>What a transaction left here is told from the entries alone, so a log that is cut knows again what it knew when it was that long: a
 * transaction whose marker is cut off is open again.
 */
final class SimLog {
    final TopicPartition partition;
    private final TimestampType timestampType;
    private final List<Entry> entries = new ArrayList<>();
    /** By leader epoch, the first offset written in it. */
    private final TreeMap<Integer, Long> epochStarts = new TreeMap<>();

    private final Map<Long, Part> openParts = new HashMap<>();
    private final TreeMap<Long, Producing> producers = new TreeMap<>();
    private long start;
    private long end;
    private int leaderEpoch;

    SimLog(TopicPartition partition, TimestampType timestampType) {
        this.partition = partition;
        this.timestampType = timestampType;
    }

    /** What is written: the content of a record. */
    record Content(byte[] key, byte[] value, Headers headers, long timestampMillis) {}

    /** One transaction in this log. */
    private static final class Part {
        private final long firstOffset;
        private final short epoch;
        private Fate fate = Fate.OPEN;

        private Part(long firstOffset, short epoch) {
            this.firstOffset = firstOffset;
            this.epoch = epoch;
        }
    }

    private enum Fate {
        OPEN,
        COMMITTED,
        ABORTED
    }

    /** A record, or a marker where the content is null. */
    private record Entry(
            long offset, int leaderEpoch, Content content, long producerId, short epoch, Part part, boolean commit) {}

    /** What the log knows of a producer. */
    record Producing(long producerId, short epoch, long lastTimestampMillis, OptionalLong openSince) {}

    /** What was read, and where reading goes on. */
    record Read(List<ConsumerRecord<byte[], byte[]>> records, long nextOffset, Optional<Integer> lastEpoch) {}

    long start() {
        return start;
    }

    /** With one replica, the end of the log is its high watermark. */
    long highWatermark() {
        return end;
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    long lastStableOffset() {
        return openParts.values().stream()
                .mapToLong(part -> part.firstOffset)
                .min()
                .orElse(end);
    }

    List<Producing> producers() {
        return List.copyOf(producers.values());
    }

    /** Whether a transaction of this producer and epoch has records here and no marker yet. */
    boolean hasOpen(long producerId, short epoch) {
        Part part = openParts.get(producerId);
        return part != null && part.epoch == epoch;
    }

    void checkEpoch(long producerId, short epoch) {
        Producing known = producers.get(producerId);
        if (known != null && epoch < known.epoch()) {
            throw new InvalidProducerEpochException("Producer attempted to produce with an old epoch: " + epoch
                    + " is older than " + known.epoch() + " in " + partition);
        }
    }

    /** Appends a record that belongs to no transaction. */
    long append(Content content) {
        return add(new Entry(end, leaderEpoch, content, -1, (short) -1, null, false));
    }

    long append(Content content, long producerId, short epoch) {
        checkEpoch(producerId, epoch);
        Part part = openParts.computeIfAbsent(producerId, unused -> new Part(end, epoch));
        return add(new Entry(end, leaderEpoch, content, producerId, epoch, part, false));
    }

    /** Writes the marker that ends a producer's transaction here. */
    long mark(long producerId, short epoch, boolean commit, long nowMillis) {
        long offset = add(new Entry(end, leaderEpoch, null, producerId, epoch, openParts.get(producerId), commit));
        producers.put(producerId, new Producing(producerId, epoch, nowMillis, OptionalLong.empty()));
        return offset;
    }

    private long add(Entry entry) {
        entries.add(entry);
        end = entry.offset() + 1;
        epochStarts.putIfAbsent(entry.leaderEpoch(), entry.offset());
        account(entry);
        return entry.offset();
    }

    private void account(Entry entry) {
        if (entry.producerId() < 0) {
            return;
        }
        if (entry.content() == null) {
            if (entry.part() != null) {
                entry.part().fate = entry.commit() ? Fate.COMMITTED : Fate.ABORTED;
                openParts.remove(entry.producerId());
            }
            producers.put(
                    entry.producerId(), new Producing(entry.producerId(), entry.epoch(), 0, OptionalLong.empty()));
        } else {
            entry.part().fate = Fate.OPEN;
            openParts.put(entry.producerId(), entry.part());
            producers.put(
                    entry.producerId(),
                    new Producing(
                            entry.producerId(),
                            entry.epoch(),
                            entry.content().timestampMillis(),
                            OptionalLong.of(entry.part().firstOffset)));
        }
    }

    /** Cuts the head off; the start never moves back. */
    void deleteBefore(long offset) {
        start = Math.max(start, offset);
        entries.removeIf(entry -> entry.offset() < start);
    }

    /** Cuts the tail off, as an unclean election of a leader does; the new leader has an epoch of its own. */
    void truncate(long newEnd) {
        entries.removeIf(entry -> entry.offset() >= newEnd);
        end = Math.min(end, newEnd);
        start = Math.min(start, end);
        epochStarts.values().removeIf(first -> first >= end);
        openParts.clear();
        producers.clear();
        entries.forEach(this::account);
        newLeader();
    }

    void newLeader() {
        leaderEpoch++;
    }

    /** The end of the largest epoch that is not above the one asked for, as OffsetsForLeaderEpoch answers. */
    Optional<Map.Entry<Integer, Long>> endOfEpoch(int epoch) {
        if (epoch >= leaderEpoch) {
            return epoch == leaderEpoch ? Optional.of(Map.entry(epoch, end)) : Optional.empty();
        }
        Integer floor = epochStarts.floorKey(epoch);
        if (floor == null) {
            return Optional.empty();
        }
        Integer next = epochStarts.higherKey(floor);
        return Optional.of(Map.entry(floor, next == null ? end : epochStarts.get(next)));
    }

    OptionalInt epochAt(long offset) {
        Map.Entry<Integer, Long> found = null;
        for (Map.Entry<Integer, Long> epoch : epochStarts.entrySet()) {
            if (epoch.getValue() <= offset) {
                found = epoch;
            }
        }
        return found == null ? OptionalInt.empty() : OptionalInt.of(found.getKey());
    }

    /** The first record at or after a time, markers aside. */
    Optional<ConsumerRecord<byte[], byte[]>> firstSince(long timestampMillis) {
        return entries.stream()
                .filter(entry -> entry.content() != null && entry.content().timestampMillis() >= timestampMillis)
                .findFirst()
                .map(this::toRecord);
    }

    Read read(long from, boolean committedOnly, int maxRecords) {
        long bound = committedOnly ? lastStableOffset() : end;
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        long next = from;
        Optional<Integer> lastEpoch = Optional.empty();
        for (int at = indexOf(from); at < entries.size() && entries.get(at).offset() < bound; at++) {
            Entry entry = entries.get(at);
            boolean visible = entry.content() != null
                    && !(committedOnly && entry.part() != null && entry.part().fate == Fate.ABORTED);
            if (visible && records.size() == maxRecords) {
                return new Read(records, next, lastEpoch);
            }
            if (visible) {
                records.add(toRecord(entry));
            }
            next = entry.offset() + 1;
            lastEpoch = Optional.of(entry.leaderEpoch());
            if (records.size() == maxRecords && maxRecords > 0 && visible) {
                return new Read(records, next, lastEpoch);
            }
        }
        return new Read(records, next, lastEpoch);
    }

    /** All records but those of transactions that were aborted, or that are open and not of a producer whose transaction is being committed. */
    List<ConsumerRecord<byte[], byte[]>> committed(LongPredicate committing) {
        return entries.stream()
                .filter(entry -> entry.content() != null)
                .filter(entry -> entry.part() == null
                        || entry.part().fate == Fate.COMMITTED
                        || (entry.part().fate == Fate.OPEN && committing.test(entry.producerId())))
                .map(this::toRecord)
                .toList();
    }

    private int indexOf(long offset) {
        long first = entries.isEmpty() ? end : entries.get(0).offset();
        return (int) Math.max(0, offset - first);
    }

    private ConsumerRecord<byte[], byte[]> toRecord(Entry entry) {
        Content content = entry.content();
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                entry.offset(),
                content.timestampMillis(),
                timestampType,
                content.key() == null ? -1 : content.key().length,
                content.value() == null ? -1 : content.value().length,
                content.key() == null ? null : content.key().clone(),
                content.value() == null ? null : content.value().clone(),
                new RecordHeaders(content.headers()),
                Optional.of(entry.leaderEpoch()));
    }
}
