package io.wellspring.testkit.sim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a consumer is in each of its partitions, and how it goes on.
 *
 * <p>A position that was set with a leader epoch, or reached by reading, is compared with the log's epochs whenever the leader has
 * changed (KIP-320); until then it counts.
 */
final class SimPositions {
    private final SimCluster cluster;
    private final ConsumerSettings settings;
    private final Map<TopicPartition, Place> places = new LinkedHashMap<>();

    SimPositions(SimCluster cluster, ConsumerSettings settings) {
        this.cluster = cluster;
        this.settings = settings;
    }

    private static final class Place {
        private long offset = -1;
        private Optional<Integer> epoch = Optional.empty();
        /** The leader epoch in which the position was last compared, -1 before the first comparison. */
        private int comparedIn = -1;

        private boolean paused;
        /** The end that the last fetch told; -1 where there was none. */
        private long knownEnd = -1;
    }

    Set<TopicPartition> assigned() {
        return Collections.unmodifiableSet(new LinkedHashSet<>(places.keySet()));
    }

    /** Keeps the places of the partitions that stay. */
    void assign(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Place> before = new LinkedHashMap<>(places);
        places.clear();
        partitions.forEach(partition -> places.put(partition, before.getOrDefault(partition, new Place())));
    }

    void remove(Collection<TopicPartition> partitions) {
        partitions.forEach(places::remove);
    }

    private Place place(TopicPartition partition) {
        Place place = places.get(partition);
        if (place == null) {
            throw new IllegalStateException("No current assignment for partition " + partition);
        }
        return place;
    }

    void require(TopicPartition partition) {
        place(partition);
    }

    void pause(Collection<TopicPartition> partitions, boolean paused) {
        partitions.forEach(partition -> place(partition).paused = paused);
    }

    Set<TopicPartition> paused() {
        Set<TopicPartition> paused = new LinkedHashSet<>();
        places.forEach((partition, place) -> {
            if (place.paused) {
                paused.add(partition);
            }
        });
        return paused;
    }

    void seek(TopicPartition partition, long offset, Optional<Integer> epoch) {
        Place place = place(partition);
        place.offset = offset;
        place.epoch = epoch;
        place.comparedIn = -1;
    }

    OptionalLong position(TopicPartition partition) {
        Place place = place(partition);
        return place.offset < 0 || isInDoubt(partition, place) ? OptionalLong.empty() : OptionalLong.of(place.offset);
    }

    private boolean isInDoubt(TopicPartition partition, Place place) {
        return place.epoch.isPresent()
                && cluster.log(partition)
                        .filter(log -> log.leaderEpoch() != place.comparedIn)
                        .isPresent();
    }

    OptionalLong lag(TopicPartition partition) {
        Place place = place(partition);
        return place.knownEnd < 0 || place.offset < 0
                ? OptionalLong.empty()
                : OptionalLong.of(place.knownEnd - place.offset);
    }

    /** What the client (4.4) does with any answer about ends or beginnings. */
    void tellEnd(TopicPartition partition, long end) {
        Place place = places.get(partition);
        if (place != null) {
            place.knownEnd = end;
        }
    }

    Map<TopicPartition, OffsetAndMetadata> consumed() {
        Map<TopicPartition, OffsetAndMetadata> consumed = new LinkedHashMap<>();
        places.forEach((partition, place) -> {
            if (place.offset >= 0) {
                consumed.put(partition, new OffsetAndMetadata(place.offset, place.epoch, ""));
            }
        });
        return consumed;
    }

    List<TopicPartition> unset() {
        return places.entrySet().stream()
                .filter(entry -> entry.getValue().offset < 0)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Begins where the group has committed, or where the consumer's policy says. */
    void begin(Map<TopicPartition, OffsetAndMetadata> committed) {
        List<TopicPartition> nowhere = new ArrayList<>();
        for (TopicPartition partition : unset()) {
            OffsetAndMetadata offset = committed.get(partition);
            if (offset != null) {
                seek(partition, offset.offset(), offset.leaderEpoch());
            } else if (!reset(partition)) {
                nowhere.add(partition);
            }
        }
        if (!nowhere.isEmpty()) {
            throw new NoOffsetForPartitionException(nowhere);
        }
    }

    /** Follows the policy; false where it is "none". */
    private boolean reset(TopicPartition partition) {
        switch (settings.offsetReset()) {
            case "earliest" -> toStart(partition);
            case "latest" -> toEnd(partition);
            case "none" -> {
                return false;
            }
            default -> throw Unsupported.call("auto.offset.reset=" + settings.offsetReset());
        }
        return true;
    }

    void toStart(TopicPartition partition) {
        require(partition);
        cluster.log(partition).ifPresent(log -> seek(partition, log.start(), Optional.empty()));
    }

    void toEnd(TopicPartition partition) {
        require(partition);
        cluster.log(partition).ifPresent(log -> seek(partition, end(log), Optional.empty()));
    }

    private long end(SimLog log) {
        return settings.readCommitted() ? log.lastStableOffset() : log.highWatermark();
    }

    /** Compares positions with the leader's epochs, where the leader has changed since. */
    void compare() {
        Map<TopicPartition, Long> cut = new LinkedHashMap<>();
        Map<TopicPartition, OffsetAndMetadata> divergent = new LinkedHashMap<>();
        places.forEach((partition, place) -> {
            if (!isInDoubt(partition, place)) {
                return;
            }
            SimLog log = cluster.requireLog(partition);
            Optional<Map.Entry<Integer, Long>> end = log.endOfEpoch(place.epoch.orElseThrow());
            boolean kept = end.filter(found -> found.getValue() >= place.offset).isPresent();
            if (kept) {
                place.comparedIn = log.leaderEpoch();
            } else if (!settings.offsetReset().equals("none")) {
                if (end.isPresent()) {
                    seek(partition, end.get().getValue(), Optional.of(end.get().getKey()));
                    place.comparedIn = log.leaderEpoch();
                } else {
                    reset(partition);
                }
            } else {
                cut.put(partition, place.offset);
                end.ifPresent(found -> divergent.put(
                        partition, new OffsetAndMetadata(found.getValue(), Optional.of(found.getKey()), "")));
            }
        });
        if (!cut.isEmpty()) {
            throw new LogTruncationException(cut, divergent);
        }
    }

    /** Reads on, beginning with any partition. */
    ConsumerRecords<byte[], byte[]> read() {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new LinkedHashMap<>();
        Map<TopicPartition, OffsetAndMetadata> next = new LinkedHashMap<>();
        int room = settings.maxPollRecords();
        List<TopicPartition> order = new ArrayList<>(places.keySet());
        if (order.size() > 1) {
            Collections.rotate(order, cluster.random.nextInt(order.size()));
        }
        for (TopicPartition partition : order) {
            Place place = places.get(partition);
            Optional<SimLog> found = cluster.log(partition);
            if (place.paused || place.offset < 0 || found.isEmpty() || room == 0) {
                continue;
            }
            SimLog log = found.get();
            if (place.offset < log.start() || place.offset > log.highWatermark()) {
                if (!records.isEmpty()) {
                    break; // what was read is given out first; the next poll comes back here
                }
                if (!reset(partition)) {
                    throw new OffsetOutOfRangeException(
                            "Fetch position " + place.offset + " is out of range for partition " + partition,
                            Map.of(partition, place.offset));
                }
                continue;
            }
            SimLog.Read read = log.read(place.offset, settings.readCommitted(), Math.min(room, cluster.fetchBound()));
            place.knownEnd = end(log);
            if (read.nextOffset() > place.offset) {
                place.offset = read.nextOffset();
                place.epoch = read.lastEpoch();
                place.comparedIn = log.leaderEpoch();
                next.put(partition, new OffsetAndMetadata(place.offset, place.epoch, ""));
            }
            if (!read.records().isEmpty()) {
                records.put(partition, read.records());
                room -= read.records().size();
            }
        }
        return records.isEmpty() && next.isEmpty() ? ConsumerRecords.empty() : new ConsumerRecords<>(records, next);
    }
}
