package io.wellspring.cep;

import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.Stream;

/** Segments that are in no arena, kept for the next one. Shared by the keys of a task; not thread-safe. */
final class SegmentPool {
    static final int SMALLEST = 16;
    static final int LARGEST = 1024;
    private static final int CLASSES = Integer.numberOfTrailingZeros(LARGEST / SMALLEST) + 1;

    private final int keptPerCapacity;
    private final List<ArrayDeque<Segment>> free;
    private long madeCount;

    SegmentPool(int keptPerCapacity) {
        this.keptPerCapacity = keptPerCapacity;
        this.free = Stream.generate(() -> new ArrayDeque<Segment>(keptPerCapacity))
                .limit(CLASSES)
                .toList();
    }

    /** An empty segment for a power of two of nodes. */
    Segment take(int capacity) {
        Segment kept = classOf(capacity).pollLast();
        if (kept == null) {
            madeCount++;
            return new Segment(capacity);
        }
        return kept;
    }

    void give(Segment segment) {
        segment.used = 0;
        segment.lastPosition = 0;
        ArrayDeque<Segment> kept = classOf(segment.capacity());
        if (kept.size() < keptPerCapacity) {
            kept.addLast(segment);
        }
    }

    /** How many segments were ever allocated. */
    long madeCount() {
        return madeCount;
    }

    private ArrayDeque<Segment> classOf(int capacity) {
        return free.get(Integer.numberOfTrailingZeros(capacity / SMALLEST));
    }
}
