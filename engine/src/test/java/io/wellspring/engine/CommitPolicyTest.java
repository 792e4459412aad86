package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CommitPolicyTest {
    private static final long MILLI = 1_000_000;
    private final CommitPolicy policy = new CommitPolicy(Duration.ofMillis(100), Duration.ofMillis(5), 0);

    @Test
    void theFirstCommitIsDueAtOnceWhenTheInputIsDrained() {
        assertThat(policy.due(0, 0, true)).isTrue();
        assertThat(policy.due(0, 0, false)).isFalse();
    }

    @Test
    void anUndrainedInputIsCommittedAtTheInterval() {
        policy.ended(0, MILLI);
        assertThat(policy.due(110 * MILLI - 1, 10 * MILLI, false)).isFalse();
        assertThat(policy.due(110 * MILLI, 10 * MILLI, false)).isTrue();
    }

    @Test
    void aDrainedInputWaitsForTheGap() {
        policy.ended(10 * MILLI, 11 * MILLI);
        assertThat(policy.due(16 * MILLI - 1, 12 * MILLI, true)).isFalse();
        assertThat(policy.due(16 * MILLI, 12 * MILLI, true)).isTrue();
    }

    @Test
    void theGapIsStretchedToWhatTheLastCommitTook() {
        policy.ended(10 * MILLI, 40 * MILLI);
        assertThat(policy.due(70 * MILLI - 1, 41 * MILLI, true)).isFalse();
        assertThat(policy.due(70 * MILLI, 41 * MILLI, true)).isTrue();
    }

    @Test
    void theIntervalHoldsAlsoWhereCommitsTakeLonger() {
        policy.ended(0, 1_000 * MILLI);
        assertThat(policy.due(1_100 * MILLI, 1_000 * MILLI, true)).isTrue();
    }

    @Test
    void clocksThatOverflowDoNotMatter() {
        long start = Long.MAX_VALUE - 3 * MILLI;
        var late = new CommitPolicy(Duration.ofMillis(100), Duration.ofMillis(5), start);
        late.ended(start, start);
        assertThat(late.due(start + 4 * MILLI, start, true)).isFalse();
        assertThat(late.due(start + 5 * MILLI, start, true)).isTrue();
    }
}
