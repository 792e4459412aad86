package io.wellspring.cep;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the kernel allocates and keeps. */
class KernelMemoryTest {
    private static final int WINDOW = 1_000;
    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long position;

    @Test
    void allocatesNothingForEventsThatMatchNoStep() {
        Kernel kernel = new Kernel(Sequences.skipTillAny(3), new Horizon.Millis(WINDOW));
        KeyPartials key = kernel.newKey();
        feed(kernel, key, 10_000, 2);
        long bits = 1L << 40;
        kernel.step(key, bits, ++position, position); // computes the successors

        long before = allocatedBytes();
        for (int i = 0; i < 500; i++) {
            kernel.step(key, bits, ++position, position);
        }
        long measured = allocatedBytes() - before;

        assertThat(key.isEmpty()).isFalse();
        assertThat(measured).isZero();
    }

    @Test
    void recyclesSegmentsSoThatEventsThatMatchAllocateNothingEither() {
        Kernel kernel = new Kernel(Sequences.skipTillNext(4), new Horizon.Events(WINDOW));
        KeyPartials key = kernel.newKey();
        feed(kernel, key, 20_000, 3);
        long made = kernel.segments().madeCount();

        long before = allocatedBytes();
        feed(kernel, key, 100_000, 3);
        long measured = allocatedBytes() - before;

        assertThat(kernel.segments().madeCount()).isEqualTo(made);
        assertThat(measured).isLessThan(20_000);
    }

    @Test
    void keepsNothingOfAKeyWhoseWindowHasPassed() {
        Kernel kernel = new Kernel(Sequences.skipTillAny(3), new Horizon.Millis(WINDOW));
        KeyPartials key = kernel.newKey();
        feed(kernel, key, 10_000, 2);
        assertThat(key.expiryMillis()).isGreaterThan(position).isLessThanOrEqualTo(position + WINDOW);

        key.advance(key.newestStart() + WINDOW - 1);
        assertThat(key.isEmpty()).isFalse();
        key.advance(key.newestStart() + WINDOW);

        assertThat(key.isEmpty()).isTrue();
        assertThat(key.arena().nodeCount()).isZero();
        assertThat(key.expiryMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void keepsWhatTheWindowHoldsAndNoMore() {
        Kernel kernel = new Kernel(Sequences.skipTillAny(3), new Horizon.Millis(WINDOW));
        KeyPartials key = kernel.newKey();
        feed(kernel, key, 10_000, 2);
        long early = key.arena().nodeCount();
        feed(kernel, key, 200_000, 2);

        assertThat(key.arena().nodeCount()).isLessThan(early + 2 * SegmentPool.LARGEST);
    }

    @Test
    void copiesForwardWhatAKeyWithoutAWindowReaches() {
        // Every third event completes what is there, so most of what was made is not reached any more.
        Kernel kernel = new Kernel(Sequences.skipTillNext(3), new Horizon.Unbounded());
        KeyPartials key = kernel.newKey();
        for (int i = 0; i < 100_000; i++) {
            kernel.step(key, 1L << (i % 3), ++position, position);
        }

        assertThat(key.arena().nodeCount()).isLessThan(20 * SegmentPool.LARGEST);
        assertThat(key.arena().firstNumber()).isGreaterThan(10);
    }

    @Test
    void countsMoreMatchesThanCanBeListed() {
        // One loop: every subset of the events after the first is a match.
        Kernel kernel = new Kernel(Loops.allCombinations(), new Horizon.Unbounded());
        KeyPartials key = kernel.newKey();
        kernel.step(key, 1, ++position, position);
        for (int i = 1; i <= 40; i++) {
            kernel.step(key, 2, ++position, position);
            assertThat(kernel.completed().count()).isEqualTo(1L << (i - 1));
        }
        for (int i = 41; i <= 70; i++) {
            kernel.step(key, 2, ++position, position);
        }
        assertThat(kernel.completed().count()).isEqualTo(Long.MAX_VALUE);
        assertThat(kernel.completed().forEach(10, match -> true)).isEqualTo(10);
        assertThat(kernel.completed().forEach(0, match -> true)).isZero();
        assertThat(key.arena().nodeCount()).isLessThan(10 * 70);
    }

    @Test
    void sharesSegmentsAmongKeys() {
        Kernel kernel = new Kernel(Sequences.skipTillAny(3), new Horizon.Millis(WINDOW));
        for (int i = 0; i < 1_000; i++) {
            KeyPartials key = kernel.newKey();
            position = 0;
            feed(kernel, key, 20, 2);
            key.advance(position + WINDOW);
        }
        assertThat(kernel.segments().madeCount()).isLessThan(10);
    }

    private void feed(Kernel kernel, KeyPartials key, int count, int kinds) {
        var random = new SplittableRandom(42);
        for (int i = 0; i < count; i++) {
            kernel.step(key, 1L << random.nextInt(kinds), ++position, position);
        }
    }

    private static long allocatedBytes() {
        return THREAD.getCurrentThreadAllocatedBytes();
    }
}
