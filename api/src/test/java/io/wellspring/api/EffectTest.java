package io.wellspring.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.wellspring.api.Effect.TimerChange;
import io.wellspring.api.Effect.TimerKind;
import io.wellspring.api.error.ConfigException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EffectTest {
    private static final Out<String> TEXTS = Out.named("texts", String.class);
    private static final Out<Long> SUMS = Out.named("sums", Long.class);
    private final Orders.Sum stage = new Orders.Sum();

    @Test
    void noneIsOneObjectWithoutEventsAndEmissions() {
        assertThat(stage.none()).isSameAs(stage.none()).isSameAs(stage.persistAll(List.of()));
        assertThat(stage.none().events()).isEmpty();
        assertThat(stage.none().emissions()).isEmpty();
    }

    @Test
    void eventsStayInTheirOrderAndAreCopied() {
        List<Long> given = new ArrayList<>(List.of(1L, 2L, 3L));
        Effect<Long, Long> effect = stage.persistAll(given);
        given.clear();
        assertThat(effect.events()).containsExactly(1L, 2L, 3L);
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> effect.events().add(4L));
    }

    @Test
    void aNullEventIsRefused() {
        assertThatNullPointerException()
                .isThrownBy(() -> stage.persist(null))
                .withMessage(
                        "persist(null) was called by io.wellspring.api.Orders$Sum. Give persist an event, or return none()"
                                + " from decide or onTimer where there is nothing to persist");
        assertThatNullPointerException()
                .isThrownBy(() -> stage.persistAll(null))
                .withMessageContainingAll("persistAll(null)", "Orders$Sum.", "none()");
        assertThatNullPointerException()
                .isThrownBy(() -> stage.persistAll(Arrays.asList(1L, null, 3L)))
                .withMessageContainingAll("Orders$Sum with null at index 1 of the list.", "Leave out");
    }

    @Test
    void emittingGivesANewEffectAndLeavesTheOldOne() {
        Effect<Long, Long> plain = stage.persist(5L);
        Effect<Long, Long> one = plain.emit(SUMS, sum -> sum);
        Effect<Long, Long> two = one.emit(TEXTS, sum -> "sum " + sum);
        assertThat(plain.emissions()).isEmpty();
        assertThat(one.emissions()).hasSize(1);
        assertThat(two.emissions())
                .extracting(emission -> emission.out().name())
                .containsExactly("sums", "texts");
        assertThat(two.events()).containsExactly(5L);
        assertThat(two).hasToString("Effect[events=[5], emissions=[sums, texts]]");
    }

    @Test
    void changesOfTimersAreKeptInOrderBesideEventsAndEmissions() {
        Effect<Long, Long> effect = stage.persist(5L)
                .timer("idle", Instant.ofEpochMilli(7))
                .emit(SUMS, sum -> sum)
                .timerAtProcessingTime("retry", Instant.ofEpochMilli(8))
                .cancelTimer("idle");
        assertThat(effect.timers())
                .containsExactly(
                        new TimerChange("idle", TimerKind.EVENT_TIME, 7),
                        new TimerChange("retry", TimerKind.PROCESSING_TIME, 8),
                        new TimerChange("idle", TimerKind.CANCELLED, 0));
        assertThat(effect.events()).containsExactly(5L);
        assertThat(effect.emissions()).hasSize(1);
        assertThat(stage.none().timers()).isEmpty();
    }

    @Test
    void aTimerNeedsAShortName() {
        for (String name : List.of("", "x".repeat(101))) {
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> stage.none().cancelTimer(name))
                    .withMessageContaining("characters, outside 1..100 [Effect]");
        }
    }

    @Test
    void aTimerThatFiresDoesNothingUnlessTheStageSaysSo() {
        assertThat(stage.onTimer(0L, "idle", null)).isSameAs(stage.none());
    }

    @Test
    void aSourceAllowsNoNegativeLateness() {
        SourceOptions<Long> options = SourceOptions.<Long>defaults().allowedLateness(Duration.ofMillis(5));
        assertThat(options.onLate(Policy.skip()).lateness()).isEqualTo(Duration.ofMillis(5));
        assertThat(options.latePolicy()).isEmpty();
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> options.allowedLateness(Duration.ofMillis(-1)))
                .withMessage("allowedLateness=PT-0.001S is negative [SourceOptions]; 0 allows none");
    }

    @Test
    void emittingFromNoneLeavesTheSharedNoneEmpty() {
        assertThat(stage.none().emit(SUMS, sum -> sum).emissions()).hasSize(1);
        assertThat(stage.none().emissions()).isEmpty();
    }

    @Test
    void functionsAreCalledWithTheStateOnlyWhenTheirValuesAreWanted() {
        var calls = new AtomicInteger();
        Effect<Long, Long> effect = stage.persist(5L)
                .emit(SUMS, sum -> {
                    calls.incrementAndGet();
                    return sum;
                })
                .emitAll(TEXTS, sum -> {
                    calls.incrementAndGet();
                    return List.of("a" + sum, "b" + sum);
                });
        assertThat(calls).hasValue(0);
        assertThat(valuesOf(effect, 0, 7L)).containsExactly(7L);
        assertThat(valuesOf(effect, 1, 7L)).containsExactly("a7", "b7");
        assertThat(calls).hasValue(2);
    }

    @Test
    void emitOfNullEmitsNothing() {
        assertThat(valuesOf(stage.none().emit(TEXTS, sum -> null), 0, 1L)).isEmpty();
    }

    @Test
    void portAndFunctionAreNeeded() {
        Effect<Long, Long> none = stage.none();
        assertThatNullPointerException()
                .isThrownBy(() -> none.emit(null, sum -> sum))
                .withMessage("out");
        assertThatNullPointerException().isThrownBy(() -> none.emit(SUMS, null)).withMessage("value");
        assertThatNullPointerException()
                .isThrownBy(() -> none.emitAll(SUMS, null))
                .withMessage("values");
    }

    @Test
    void aStageSharesItsBehaviourAmongTasksUnlessItSaysOtherwise() {
        assertThat(stage.openTask()).isSameAs(stage);
    }

    private static List<Object> valuesOf(Effect<Long, Long> effect, int emission, Long state) {
        List<Object> values = new ArrayList<>();
        effect.emissions().get(emission).values().apply(state).forEach(values::add);
        return values;
    }
}
