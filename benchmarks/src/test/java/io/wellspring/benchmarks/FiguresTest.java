package io.wellspring.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FiguresTest {
    private static final long SECOND = 1_000_000_000L;
    private final Milestone birth = new Milestone(0, 5 * SECOND, Duration.ZERO);

    @Test
    void countsWhatCameAfterTheFirstPollFromTheFirstToTheLastOutput() {
        Figures figures = Figures.of(
                birth,
                new Milestone(100, 6 * SECOND, Duration.ofSeconds(2)),
                new Milestone(500, 7 * SECOND, Duration.ofSeconds(3)),
                new Milestone(1_100, 10 * SECOND, Duration.ofMillis(4_400)));
        assertThat(figures.ratePerSecond()).isEqualTo(250);
        assertThat(figures.warmRatePerSecond()).isEqualTo(200);
        assertThat(figures.rateWithStartPerSecond()).isEqualTo(220);
        assertThat(figures.cpuSecondsPerMillion()).isEqualTo(4_000);
        assertThat(figures.warmCpuSecondsPerMillion()).isCloseTo(2_333.3, within(0.1));
    }

    @Test
    void knowsNoRateForARunThatIsSeenInOnePoll() {
        Milestone only = new Milestone(100, 6 * SECOND, Duration.ofSeconds(1));
        Figures figures = Figures.of(birth, only, only, only);
        assertThat(figures.ratePerSecond()).isNaN();
        assertThat(figures.warmCpuSecondsPerMillion()).isNaN();
        assertThat(figures.rateWithStartPerSecond()).isEqualTo(100);
        assertThat(Metric.RATE.format(figures.ratePerSecond())).isEqualTo("-");
    }
}
