package io.wellspring.examples.payments;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class InterruptionsTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void theStartIsNoInterruption() {
        var interruptions = new Interruptions(4);

        assertThat(interruptions.look(0, SECOND)).isZero();
        assertThat(interruptions.lasting(2 * SECOND)).isZero();
        assertThat(interruptions.look(4, 2 * SECOND)).isZero();
        assertThat(interruptions.count()).isZero();
        assertThat(interruptions.percentile(100)).isZero();
    }

    @Test
    void anInterruptionLastsUntilEveryTaskRunsAgain() {
        var interruptions = new Interruptions(4);
        interruptions.look(4, SECOND);
        interruptions.look(2, 2 * SECOND);
        interruptions.look(3, 3 * SECOND);

        assertThat(interruptions.whole()).isFalse();
        assertThat(interruptions.lasting(4 * SECOND)).isEqualTo(Duration.ofSeconds(2));
        assertThat(interruptions.look(4, 5 * SECOND)).isEqualTo(Duration.ofSeconds(3));
        assertThat(interruptions.whole()).isTrue();
        assertThat(interruptions.lasting(6 * SECOND)).isZero();
    }

    @Test
    void percentilesAreOverAllInterruptions() {
        var interruptions = new Interruptions(1);
        interruptions.look(1, SECOND);
        for (int i = 1; i <= 100; i++) {
            interruptions.look(0, 1_000L * i * SECOND);
            interruptions.look(1, (1_000L * i + i) * SECOND);
        }

        assertThat(interruptions.count()).isEqualTo(100);
        assertThat(interruptions.percentile(50)).isEqualTo(Duration.ofSeconds(51));
        assertThat(interruptions.percentile(100)).isEqualTo(Duration.ofSeconds(100));
        assertThat(interruptions.total()).isEqualTo(Duration.ofSeconds(5_050));
    }
}
