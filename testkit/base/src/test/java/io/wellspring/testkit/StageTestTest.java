package io.wellspring.testkit;

import static io.wellspring.testkit.Tills.LIMITS;
import static io.wellspring.testkit.Tills.RECEIPTS;
import static io.wellspring.testkit.Tills.STAGE;
import static io.wellspring.testkit.Tills.TOTALS;
import static io.wellspring.testkit.Tills.took;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Stage;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.ConfigException;
import io.wellspring.testkit.Tills.Event;
import io.wellspring.testkit.Tills.Till;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class StageTestTest {
    @Test
    void passesAStageThatDoesWhatIsExpectedOverSeveralCommands() {
        StageTest.of(STAGE, "north")
                .given(took(100))
                .thenState(new Till(100))
                .when("30")
                .thenEvents(took(30))
                .thenState(new Till(130))
                .thenOutput(RECEIPTS, "took 30")
                .thenOutput(TOTALS, 130L)
                .when("look")
                .thenNoEvents()
                .thenNoOutput()
                .thenState(new Till(130));
    }

    @Test
    void continuesFromTheInitialStateOnceAKeyWasForgotten() {
        StageTest.of(STAGE, "north")
                .given(took(100))
                .when("close")
                .thenEvents(new Event("closed", 100))
                .thenState(new Till(0))
                .when("5")
                .thenState(new Till(5));
    }

    @Test
    void showsTheStageTheValuesOfItsViews() {
        StageTest.of(STAGE, "north")
                .withView(LIMITS, "north", 50L)
                .withView(LIMITS, "south", 5L)
                .when("50")
                .thenEvents(took(50))
                .when("1")
                .thenEvents(new Event("refused", 1))
                .thenOutput(RECEIPTS, "refused")
                .thenOutput(TOTALS);
    }

    @Test
    void tellsTheStageEventTimeWatermarkAndAProcessingTimeThatNeverGoesBack() {
        StageTest.of(STAGE, "north")
                .at(Instant.ofEpochMilli(2_000))
                .when("time")
                .thenEvents(new Event("time", 2_000))
                .thenOutput(TOTALS, 2_000L, 2_000L)
                .at(Instant.ofEpochMilli(1_000))
                .when("time")
                .thenEvents(new Event("time", 1_000))
                .thenOutput(TOTALS, 2_000L, 2_000L);
    }

    @Test
    void refusesAViewThatTheStageDidNotDeclare() {
        assertThatThrownBy(() -> StageTest.of(STAGE, "north").withView(Tills.UNDECLARED, "north", 1L))
                .isInstanceOf(ConfigException.class)
                .hasMessage("stage tills did not declare the view undeclared; add reading(...) to the stage");
        assertThatThrownBy(() -> StageTest.of(STAGE, "north").when("peek elsewhere"))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void saysWhatWasExpectedAndWhatHappened() {
        var after = StageTest.of(STAGE, "north").given(took(100)).when("30");

        assertFails(() -> after.thenEvents(took(31)))
                .isEqualTo(
                        "stage tills, key north: 30 on Till[cents=100] at 1970-01-01T00:00:00Z was expected to persist "
                                + "[Event[what=took, cents=31]] but persisted [Event[what=took, cents=30]]");
        assertFails(() -> after.thenState(new Till(131)))
                .endsWith("was expected to leave the state Till[cents=131] but left Till[cents=130]");
        assertFails(after::thenNoOutput)
                .endsWith("was expected to emit nothing but emitted [took 30 through receipts, 130 through totals]");
        assertFails(() -> after.thenOutput(RECEIPTS, "took 30", "took 30"))
                .endsWith("was expected to emit through receipts [took 30, took 30] but emitted [took 30]");
        assertFails(after::thenNoEvents).endsWith("to persist [] but persisted [Event[what=took, cents=30]]");
    }

    @Test
    void wantsACommandBeforeItSaysWhatBecameOfIt() {
        assertThatThrownBy(() -> StageTest.of(STAGE, "north").given(took(1)).thenNoOutput())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("call when(command) first");
    }

    @Test
    void passesOnWhatDecideThrows() {
        assertThatThrownBy(() -> StageTest.of(STAGE, "north").when("not a number"))
                .isInstanceOf(NumberFormatException.class);
    }

    @Test
    void catchesAnEventThatDoesNotApply() {
        assertFails(() -> StageTest.of(STAGE, "north").given(new Event("torn", 1)))
                .contains("evolve threw on Event[what=torn, cents=1] at Till[cents=0]")
                .contains("an event that is persisted must always apply");
    }

    @Test
    void catchesAnEvolveThatDependsOnMoreThanStateAndEvent() {
        AtomicLong calls = new AtomicLong();
        var forgetful = Tills.stage(new Tills() {
            @Override
            public Till evolve(Till till, Event event) {
                return new Till(calls.incrementAndGet());
            }
        });

        assertFails(() -> StageTest.of(forgetful, "north").when("30"))
                .contains(
                        "replay of [Event[what=took, cents=30]] gives the state Till[cents=2] but live it was Till[cents=1]");
    }

    @Test
    void catchesACodecThatLosesPartOfAnEvent() {
        Codec<Event> lossy = Tills.codec("lossy", Event::what, words -> new Event(words[0], 0));
        Stage<String, String, Event, Till> stage = Stage.of("tills", new Tills(), lossy, Tills.STATE);

        assertFails(() -> StageTest.of(stage, "north").given(took(1)))
                .contains("codec lossy gives the event Event[what=took, cents=1] back as Event[what=took, cents=0]");
    }

    @Test
    void catchesACodecThatDoesNotTakeTheState() {
        Codec<Till> shy = Tills.codec("shy", till -> "x" + till.cents(), words -> new Till(Long.parseLong(words[0])));
        Stage<String, String, Event, Till> stage = Stage.of("tills", new Tills(), Tills.EVENTS, shy);

        assertFails(() -> StageTest.of(stage, "north").when("1"))
                .contains("codec shy does not take the state Till[cents=0]: not a shy");
    }

    @Test
    void catchesAStateThatIsChangedInPlace() {
        assertFails(() -> StageTest.of(counting(false), "north").when("up"))
                .contains("evolve(up) changed the state it was given")
                .contains("return a new one from evolve");
        assertFails(() -> StageTest.of(counting(true), "north").when("up"))
                .contains("decide(up) changed the state it was given");
    }

    @Test
    void comparesRecordsThatCarryBytesByTheirContent() {
        record Blob(byte[] bytes) {}
        Codec<Blob> codec = Tills.codec(
                "blob", blob -> blob.bytes()[0] + "", words -> new Blob(new byte[] {Byte.parseByte(words[0])}));
        var latest = Stage.of(
                "latest",
                new EventSourced<String, Blob, Blob, Blob>() {
                    @Override
                    public Blob initial(String key) {
                        return new Blob(new byte[1]);
                    }

                    @Override
                    public Effect<Blob, Blob> decide(Blob state, Blob command, Context<String> context) {
                        return persist(command);
                    }

                    @Override
                    public Blob evolve(Blob state, Blob event) {
                        return event;
                    }
                },
                codec,
                codec);

        var after = StageTest.of(latest, "k").when(new Blob(new byte[] {7})).thenEvents(new Blob(new byte[] {7}));
        assertFails(() -> after.thenState(new Blob(new byte[] {8}))).contains("was expected to leave the state");
    }

    @Test
    void catchesAContextThatIsUsedAfterTheDecision() {
        assertThatThrownBy(() -> StageTest.of(STAGE, "north").when("time, too late"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("used after decide had returned");
    }

    @Test
    void catchesNullWhereAnEffectOrValuesAreWanted() {
        assertFails(() -> StageTest.of(STAGE, "north").when("decide null"))
                .endsWith(": decide of stage tills returned null instead of an effect. Return none() where"
                        + " nothing is to be done");
        assertFails(() -> StageTest.of(STAGE, "north").when("emit null"))
                .endsWith("emitted null instead of values through totals; give an empty list to emit nothing");
    }

    private static Stage<String, String, String, long[]> counting(boolean inDecide) {
        return Stage.of(
                "counting",
                new EventSourced<String, String, String, long[]>() {
                    @Override
                    public long[] initial(String key) {
                        return new long[1];
                    }

                    @Override
                    public Effect<String, long[]> decide(long[] state, String command, Context<String> context) {
                        if (inDecide) {
                            state[0]++;
                        }
                        return persist(command);
                    }

                    @Override
                    public long[] evolve(long[] state, String event) {
                        state[0]++;
                        return state;
                    }
                },
                Tills.codec("word", word -> word, words -> words[0]),
                Tills.codec("count", count -> count[0] + "", words -> new long[] {Long.parseLong(words[0])}));
    }

    private static AbstractStringAssert<?> assertFails(ThrowingCallable step) {
        return assertThat(catchThrowableOfType(AssertionError.class, step))
                .isNotNull()
                .extracting(Throwable::getMessage, InstanceOfAssertFactories.STRING);
    }
}
