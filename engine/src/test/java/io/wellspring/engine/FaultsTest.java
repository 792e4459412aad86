package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void theSecondWithinTheWindowIsTooManyWhereOneIsAllowed() {
        var faults = new Faults(1, Duration.ofSeconds(60));
        assertThat(faults.tooMany(0)).isFalse();
        assertThat(faults.tooMany(60 * SECOND - 1)).isTrue();
    }

    @Test
    void aFaultAsOldAsTheWindowDoesNotCount() {
        var faults = new Faults(1, Duration.ofSeconds(60));
        faults.tooMany(0);
        assertThat(faults.tooMany(60 * SECOND)).isFalse();
    }

    @Test
    void countsInASlidingWindow() {
        var faults = new Faults(3, Duration.ofSeconds(10));
        assertThat(faults.tooMany(0)).isFalse();
        assertThat(faults.tooMany(4 * SECOND)).isFalse();
        assertThat(faults.tooMany(8 * SECOND)).isFalse();
        assertThat(faults.tooMany(11 * SECOND)).isFalse();
        assertThat(faults.tooMany(13 * SECOND)).isTrue();
    }
}
