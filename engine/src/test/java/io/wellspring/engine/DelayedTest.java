package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DelayedTest {
    private static final TaskId TASK = new TaskId(0, 3);
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
    private final Delayed delayed = new Delayed(nanos::get);

    @Test
    void waitsTwiceAsLongAfterEachFailureUpToABound() {
        assertThat(delayed.add(TASK)).isEqualTo(100);
        assertThat(delayed.add(TASK)).isEqualTo(200);
        for (int i = 0; i < 40; i++) {
            delayed.add(TASK);
        }
        assertThat(delayed.add(TASK)).isEqualTo(10_000);
    }

    @Test
    void givesATaskOutOnceWhenItsTimeHasComeAlsoWhereTheClockWrapsAround() {
        delayed.add(TASK);

        nanos.addAndGet(99_999_999);
        assertThat(delayed.due()).isEmpty();
        nanos.addAndGet(1);
        assertThat(delayed.due()).containsExactly(TASK);
        assertThat(delayed.due()).isEmpty();
    }

    @Test
    void beginsWithTheFirstDelayAgainForATaskThatRan() {
        delayed.add(TASK);
        delayed.add(TASK);
        delayed.forget(TASK);

        assertThat(delayed.add(TASK)).isEqualTo(100);
    }

    @Test
    void doesNotTryATaskThatWentAway() {
        delayed.add(TASK);
        delayed.cancel(TASK);
        nanos.addAndGet(100_000_000);

        assertThat(delayed.due()).isEmpty();
    }
}
