package io.wellspring.benchmarks;

import com.sun.management.ThreadMXBean;
import io.wellspring.cep.Explanation;
import io.wellspring.cep.Matching;
import io.wellspring.cep.Pattern;
import io.wellspring.cep.Sequence;
import io.wellspring.cep.Step;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * A cell of the pattern matrix: a sequence of steps over a stream of types, matched in memory by one thread.
 *
 * @param steps how many
 * @param mode how they follow each other
 * @param windowEvents events in the window of a match, over all keys
 * @param keys events take turns; the window of a key then holds this many times fewer of them
 * @param completing the last type replaces every so-manieth event; 0 where it never comes
 */
record PatternCell(int steps, Mode mode, int windowEvents, int keys, int completing) {
    private static final int NOISE_TYPES = 6;
    private static final int CHUNK = 1 << 16;
    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** How steps follow each other. */
    enum Mode {
        SKIP_TILL_ANY("skip till any"),
        SKIP_TILL_NEXT("skip till next"),
        /** The second step takes one or more, as skip till next does. */
        KLEENE("Kleene");

        private final String title;

        Mode(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /** An event. */
    record Tick(int type) {}

    /**
     * What a run measured.
     *
     * @param eventsPerSecond of the measured part
     * @param bytesPerEvent allocated by the thread
     * @param liveBytes held by the matching at the end, as the garbage collector tells
     * @param matches reported in the measured part
     */
    record Rate(double eventsPerSecond, double bytesPerEvent, long liveBytes, long matches) {}

    /** A run with a matching of its own: warms up, then measures for so long. */
    Rate run(long seed, Duration warmUp, Duration measured) {
        Ticks ticks = new Ticks(this, seed);
        long liveBefore = usedBytes();
        feed(ticks, Math.max(windowEvents, CHUNK), warmUp);
        ticks.matches = 0;
        long bytesBefore = THREAD.getCurrentThreadAllocatedBytes();
        long beganNanos = System.nanoTime();
        long events = feed(ticks, CHUNK, measured);
        double seconds = (System.nanoTime() - beganNanos) / 1e9;
        double bytes = THREAD.getCurrentThreadAllocatedBytes() - bytesBefore;
        long liveBytes = usedBytes() - liveBefore;
        return new Rate(events / seconds, bytes / events, liveBytes, ticks.matches);
    }

    private static long usedBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long feed(Ticks ticks, int least, Duration atLeast) {
        long untilNanos = System.nanoTime() + atLeast.toNanos();
        long events = 0;
        while (events < least || System.nanoTime() < untilNanos) {
            ticks.feed(CHUNK);
            events += CHUNK;
        }
        return events;
    }

    Pattern<Integer> pattern() {
        List<Step<Tick>> parts = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            parts.add(Step.of("s" + i, Tick.class).where(ofType(i)));
        }
        if (mode == Mode.KLEENE) {
            parts.set(1, parts.get(1).oneOrMore());
        }
        Sequence sequence = Pattern.begin(parts.get(0));
        for (Step<Tick> part : parts.subList(1, steps)) {
            sequence = mode == Mode.SKIP_TILL_ANY ? sequence.followedByAny(part) : sequence.followedBy(part);
        }
        Pattern<Integer> pattern =
                sequence.within(Duration.ofMillis(windowEvents)).select(match -> 1);
        if (pattern.explain().cost() != Explanation.Cost.CONSTANT) {
            throw new IllegalStateException("this cell is about patterns of constant cost: " + pattern.explain());
        }
        return pattern;
    }

    /** Several lambdas, so that the matcher's call of a predicate is not bound to one as it would not be in a program. */
    private static Predicate<Tick> ofType(int type) {
        return switch (type % 4) {
            case 0 -> tick -> tick.type() == type;
            case 1 -> tick -> type == tick.type();
            case 2 -> tick -> tick.type() - type == 0;
            default -> tick -> (tick.type() ^ type) == 0;
        };
    }

    /** The endless stream: types uniform over all query types but the last and the noise, a millisecond apart. */
    private static final class Ticks {
        private final Matching<Integer> matching;
        private final Tick[] stream = new Tick[1 << 20];
        private final Integer[] keys;
        private long now;
        private long matches;

        private Ticks(PatternCell cell, long seed) {
            var random = new SplittableRandom(seed);
            int types = cell.steps - 1 + NOISE_TYPES;
            Tick[] ofType = new Tick[types + 1];
            for (int type = 0; type <= types; type++) {
                ofType[type] = new Tick(type < cell.steps - 1 ? type : type + 1);
            }
            Tick last = new Tick(cell.steps - 1);
            for (int i = 0; i < stream.length; i++) {
                boolean completes = cell.completing > 0 && i % cell.completing == cell.completing - 1;
                stream[i] = completes ? last : ofType[random.nextInt(types)];
            }
            keys = new Integer[cell.keys];
            for (int key = 0; key < keys.length; key++) {
                keys[key] = key;
            }
            matching = Matching.of(cell.pattern(), (key, one) -> matches += one);
        }

        private void feed(int count) {
            int key = (int) (now % keys.length);
            for (int i = 0; i < count; i++) {
                matching.event(keys[key], stream[(int) now & (stream.length - 1)], now);
                now++;
                key = key + 1 == keys.length ? 0 : key + 1;
            }
        }
    }
}
