package io.wellspring.examples.payments;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TallyTest {
    private final Tally.Count<Long, String> count = new Tally.Count<>("notices", Map.of(1L, "a", 2L, "b", 3L, "c"));

    @Test
    void everyResultOnceAndRightIsExact() {
        count.found(3L, "c");
        count.found(1L, "a");
        count.found(2L, "b");

        assertThat(count.tally()).isEqualTo(new Tally("notices", 3, 3, 0, 0, 0));
        assertThat(count.tally().exact()).isTrue();
    }

    @Test
    void whatIsNotFoundIsMissing() {
        count.found(1L, "a");

        assertThat(count.tally()).isEqualTo(new Tally("notices", 3, 1, 2, 0, 0));
        assertThat(count.tally().exact()).isFalse();
    }

    @Test
    void whatIsFoundAgainIsADuplicate() {
        count.found(1L, "a");
        count.found(2L, "b");
        count.found(3L, "c");
        count.found(2L, "b");

        assertThat(count.tally()).isEqualTo(new Tally("notices", 3, 4, 0, 1, 0));
        assertThat(count.tally().exact()).isFalse();
    }

    @Test
    void whatDiffersOrWasNotExpectedIsWrong() {
        count.found(1L, "a");
        count.found(2L, "x");
        count.found(3L, "c");
        count.found(4L, "d");

        assertThat(count.tally()).isEqualTo(new Tally("notices", 3, 4, 0, 0, 2));
        assertThat(count.tally().exact()).isFalse();
    }
}
