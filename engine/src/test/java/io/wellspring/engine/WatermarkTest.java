package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.SourceOptions;
import io.wellspring.api.codec.Codecs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatermarkTest {
    private static final Duration IDLE_AFTER = Duration.ofMillis(100);

    @Test
    void isTheSmallestOfTheInputsLessTheirLateness() {
        Watermark watermark = over(0, 5);
        watermark.saw(0, 50);
        assertThat(watermark.millis()).isEqualTo(Long.MIN_VALUE);
        watermark.saw(1, 30);
        assertThat(watermark.millis()).isEqualTo(25);
        watermark.saw(1, 90);
        assertThat(watermark.millis()).isEqualTo(50);
    }

    @Test
    void anOlderRecordDoesNotTakeItBack() {
        Watermark watermark = over(10);
        watermark.saw(0, 100);
        watermark.saw(0, 20);
        assertThat(watermark.millis()).isEqualTo(90);
    }

    @Test
    void anInputWithNothingToReadHoldsItBackUntilTheBoundAndNotLonger() {
        Watermark watermark = over(0, 0);
        watermark.saw(0, 50);
        watermark.look(1, true, 1_050);
        watermark.look(1, true, 1_099);
        assertThat(watermark.millis()).isEqualTo(Long.MIN_VALUE);
        watermark.look(1, true, 1_100);
        assertThat(watermark.millis()).isEqualTo(50);
        watermark.saw(0, 60);
        assertThat(watermark.millis()).isEqualTo(60);
    }

    @Test
    void anInputThatWakesHoldsItWhereItStands() {
        Watermark watermark = over(0, 0);
        watermark.saw(0, 50);
        watermark.look(1, true, 1_050);
        watermark.look(1, true, 1_100);
        watermark.look(1, false, 1_101);
        watermark.saw(1, 40);
        watermark.saw(0, 70);
        assertThat(watermark.millis()).isEqualTo(50);
        watermark.look(1, true, 1_151);
        watermark.look(1, true, 1_200);
        assertThat(watermark.millis()).isEqualTo(50);
        watermark.look(1, true, 1_201);
        assertThat(watermark.millis()).isEqualTo(70);
    }

    @Test
    void theFurthestInputCountsWhereAllRest() {
        Watermark watermark = over(0, 10);
        watermark.saw(0, 50);
        watermark.saw(1, 100);
        assertThat(watermark.millis()).isEqualTo(50);
        for (int look : List.of(3_000, 5_000)) {
            watermark.look(0, true, look);
            watermark.look(1, true, look);
        }
        assertThat(watermark.millis()).isEqualTo(90);
    }

    @Test
    void aStandstillMakesNoInputIdleBeforeItWasReadAgainForAWhile() {
        Watermark watermark = over(0, 0);
        watermark.saw(0, 50);
        watermark.look(1, true, 1_010);
        watermark.look(1, true, 3_600_000);
        assertThat(watermark.millis())
                .as("what it brought meanwhile has not been fetched")
                .isEqualTo(Long.MIN_VALUE);
        watermark.look(1, true, 3_600_039);
        assertThat(watermark.millis()).isEqualTo(Long.MIN_VALUE);
        watermark.look(1, true, 3_600_040);
        assertThat(watermark.millis()).isEqualTo(50);
    }

    @Test
    void aClockThatStepsBackTakesNothingOffIdleness() {
        Watermark watermark = over(0, 0);
        watermark.saw(0, 50);
        watermark.look(1, true, 1_050);
        watermark.look(1, true, 200);
        watermark.look(1, true, 249);
        assertThat(watermark.millis()).isEqualTo(Long.MIN_VALUE);
        watermark.look(1, true, 250);
        assertThat(watermark.millis()).isEqualTo(50);
    }

    @Test
    void goesOnWhereTheCommittedPositionStands() {
        Watermark watermark = over(5, 0);
        watermark.start(200, 7_000);
        assertThat(watermark.millis()).isEqualTo(200);
        watermark.saw(0, 150);
        assertThat(watermark.millis()).isEqualTo(200);
        watermark.saw(0, 300);
        assertThat(watermark.millis()).as("the other input has come to 200").isEqualTo(200);
        watermark.saw(1, 250);
        assertThat(watermark.millis()).isEqualTo(250);
    }

    private static Watermark over(long... latenessMillis) {
        List<TaskGroup.Input> inputs = new ArrayList<>();
        for (long millis : latenessMillis) {
            SourceOptions<Object> options = SourceOptions.defaults().allowedLateness(Duration.ofMillis(millis));
            inputs.add(new TaskGroup.Input("t" + inputs.size(), Codecs.utf8(), Codecs.utf8(), options, 0, false));
        }
        return new Watermark(inputs, IDLE_AFTER, false, 1_000);
    }
}
