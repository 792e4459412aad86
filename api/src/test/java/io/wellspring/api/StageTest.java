package io.wellspring.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Stages and options of sources are values: a change gives a copy. */
class StageTest {
    @Test
    void readingAddsViewsToACopy() {
        View<String, Long> other = View.sameTask("other", String.class, Long.class);
        Stage<String, Long, Long, Long> plain = Orders.stage("sums");
        Stage<String, Long, Long, Long> one = plain.reading(Orders.BALANCES);
        assertThat(plain.reads()).isEmpty();
        assertThat(one.reads()).containsExactly(Orders.BALANCES);
        assertThat(one.reading(other, Orders.BALANCES).reads()).containsExactlyInAnyOrder(Orders.BALANCES, other);
        assertThat(plain).hasToString("Stage[sums]");
    }

    @Test
    void aPolicyBelongsToTheCopyAndKeepsTheRest() {
        Stage<String, Long, Long, Long> plain = Orders.stage("sums").reading(Orders.BALANCES);
        Stage<String, Long, Long, Long> skipping = plain.onError(Policy.skip());
        assertThat(plain.policy()).isEmpty();
        assertThat(skipping.policy()).contains(Policy.skip());
        assertThat(skipping.reads()).containsExactly(Orders.BALANCES);
        assertThat(skipping.reading().policy()).contains(Policy.skip());
    }

    @Test
    void sourcesStopAtErrorsAndTakeTheRecordsTimeByDefault() {
        SourceOptions<Long> defaults = SourceOptions.defaults();
        assertThat(defaults.policy()).isEqualTo(Policy.fail());
        assertThat(defaults.extractor()).isEmpty();
    }

    @Test
    void keysAreParkedByStagesAndNotBySources() {
        Policy park = Policy.parkKey("parked");
        assertThat(Orders.stage("sum").onError(park).policy()).contains(new Policy.ParkKey("parked"));
        SourceOptions<Long> options = SourceOptions.defaults();
        assertThatThrownBy(() -> options.onError(park))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("Policy.parkKey is for stages", "Stage.onError", "Policy.deadLetter");
        assertThatThrownBy(() -> options.onLate(park)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> Policy.parkKey("no topic!"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("parked topic");
    }

    @Test
    void eachOptionKeepsTheOthers() {
        SourceOptions<Long> both = SourceOptions.<Long>defaults()
                .onError(Policy.deadLetter("dead"))
                .eventTime(Instant::ofEpochMilli);
        assertThat(both.policy()).isEqualTo(new Policy.DeadLetter("dead"));
        assertThat(both.extractor().orElseThrow().apply(5L)).isEqualTo(Instant.ofEpochMilli(5));
        assertThat(both.onError(Policy.skip()).extractor()).isPresent();
        assertThat(both.isInOrder()).isFalse();
        SourceOptions<Long> inOrder =
                both.inOrder().allowedLateness(Duration.ofMillis(3)).onLate(Policy.skip());
        assertThat(inOrder.isInOrder()).isTrue();
        assertThat(inOrder.eventTime(Instant::ofEpochSecond)
                        .onError(Policy.fail())
                        .isInOrder())
                .isTrue();
        assertThat(inOrder.policy()).isEqualTo(new Policy.DeadLetter("dead"));
        assertThat(SourceOptions.<Long>defaults().policy()).isEqualTo(Policy.fail());
    }
}
