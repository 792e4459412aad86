package io.wellspring.benchmarks.micro;

import io.wellspring.cep.Matching;
import io.wellspring.cep.Pattern;
import io.wellspring.cep.Sequence;
import io.wellspring.cep.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * An event in {@link Matching}, with a window full of live partial matches. With {@code -prof gc}, {@code gc.alloc.rate.norm} is the bytes an event
 * allocates.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class MatchingBenchmark {
    private static final int NOISE_TYPES = 6;
    private static final int CIRCLE = 1 << 16;
    private static final String KEY = "key";

    /** How steps follow each other: {@code any} or {@code next}. */
    @Param({"any", "next"})
    public String mode = "any";

    /** How many steps. */
    @Param({"3", "12"})
    public int steps = 3;

    /** Events in the window. */
    @Param({"1000", "100000"})
    public int window = 1_000;

    private final Tick[] circle = new Tick[CIRCLE];
    private Tick noise = new Tick(0);
    private Matching<String> matching = Matching.of(pattern(), (key, one) -> {});
    private long now;

    /** For JMH. */
    public MatchingBenchmark() {}

    /**
     * An event.
     *
     * @param type which step takes it, if any
     */
    public record Tick(int type) {}

    /** Fills the window. */
    @Setup
    public void fill() {
        int last = steps - 1;
        noise = new Tick(steps);
        var random = new SplittableRandom(42);
        for (int i = 0; i < CIRCLE; i++) {
            int drawn = random.nextInt(last + NOISE_TYPES);
            circle[i] = new Tick(drawn < last ? drawn : drawn + 1);
        }
        matching = Matching.of(pattern(), (key, one) -> {});
        now = 0;
        while (now < 2L * window) {
            anyEvent();
        }
    }

    private Pattern<Long> pattern() {
        List<Step<Tick>> parts = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            int type = i;
            parts.add(Step.of("s" + i, Tick.class).where(tick -> tick.type() == type));
        }
        Sequence sequence = Pattern.begin(parts.get(0));
        for (Step<Tick> part : parts.subList(1, steps)) {
            sequence = mode.equals("any") ? sequence.followedByAny(part) : sequence.followedBy(part);
        }
        return sequence.within(Duration.ofMillis(window)).count();
    }

    /**
     * An event that no step takes. Time stands still, so that the window stays full.
     *
     * @return whether it took part
     */
    @Benchmark
    public boolean eventOfNoStep() {
        return matching.event(KEY, noise, now);
    }

    /**
     * The next event of a stream of which a quarter (3 steps) or two thirds (12) fit a step, a millisecond later.
     *
     * @return whether it took part
     */
    @Benchmark
    public boolean anyEvent() {
        Tick next = circle[(int) now & (CIRCLE - 1)];
        return matching.event(KEY, next, now++);
    }
}
