package io.wellspring.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Stage;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.codec.Codecs;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Timers in a stage's test. */
class StageTestTimersTest {
    private static final Out<String> SAID = Out.named("said", String.class);

    @Test
    void timersFireWhenTimeReachesThemInTheOrderOfTheirTimes() {
        test().when("event b 20")
                .thenTimer("b", at(20))
                .when("event a 20")
                .when("event c 10")
                .advanceTo(at(19))
                .thenEvents("fired c@10")
                .advanceTo(at(20))
                .thenEvents("fired a@20", "fired b@20")
                .thenOutput(SAID, "a", "b")
                .thenNoTimer()
                .advanceTo(at(100))
                .thenNoEvents();
    }

    @Test
    void aCommandComesBehindTheTimersThatItsTimeMakesDue() {
        test().when("event idle 20").at(at(20)).when("note").thenEvents("fired idle@20", "note");
    }

    @Test
    void aTimerInThePastFiresBehindItsCommand() {
        test().at(at(50)).when("event idle 20").thenEvents("event idle 20", "fired idle@20");
    }

    @Test
    void aTimerInProcessingTimeHappensWhereEventTimeStands() {
        test().at(at(5)).when("processing idle 20").advanceTo(at(30)).thenEvents("fired idle@30");
    }

    @Test
    void aTimerIsReplacedCancelledAndForgottenWithItsKey() {
        test().when("event idle 20")
                .when("processing idle 30")
                .thenTimer("idle", at(30))
                .when("cancel idle 0")
                .thenNoTimer()
                .when("event idle 20")
                .when("forget")
                .thenNoTimer();
    }

    @Test
    void saysWhichTimersThereAre() {
        var test = test().when("event idle 20");
        assertThatThrownBy(() -> test.thenTimer("other"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("event idle 20 on")
                .hasMessageContaining("was expected to leave a timer 'other' but left the timers")
                .hasMessageContaining("idle");
        assertThatThrownBy(() -> test.thenTimer("idle", at(21))).isInstanceOf(AssertionError.class);
        assertThatThrownBy(test::thenNoTimer).isInstanceOf(AssertionError.class);
    }

    @Test
    void catchesATimerThatSetsItselfToThePastForEver() {
        assertThatThrownBy(() -> test().when("event again 20").advanceTo(at(20)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("made timers fire 10000 times");
    }

    @Test
    void theDefaultDoesNothingWhenATimerFires() {
        var silent = new Notes() {
            @Override
            public Effect<String, String> onTimer(String state, String timer, Context<String> context) {
                assertThat(context.position().topic()).isEmpty();
                return none();
            }
        };
        StageTest.of(stage(silent), "k")
                .when("event idle 20")
                .advanceTo(at(20))
                .thenNoEvents()
                .thenNoOutput()
                .thenNoTimer();
    }

    private static StageTest<String, String, String, String> test() {
        return StageTest.of(stage(new Notes()), "k");
    }

    private static Stage<String, String, String, String> stage(Notes notes) {
        Codec<String> text = Codecs.utf8();
        return Stage.of("notes", notes, text, text);
    }

    private static Instant at(long millis) {
        return Instant.ofEpochMilli(millis);
    }

    /** A command is {@code kind name millis}; each is an event too, and the state is the last one. */
    private static class Notes implements EventSourced<String, String, String, String> {
        @Override
        public String initial(String key) {
            return "";
        }

        @Override
        public Effect<String, String> decide(String state, String command, Context<String> context) {
            String[] words = command.split(" ", -1);
            Effect<String, String> effect = persist(command);
            return switch (words[0]) {
                case "event" -> effect.timer(words[1], at(Long.parseLong(words[2])));
                case "processing" -> effect.timerAtProcessingTime(words[1], at(Long.parseLong(words[2])));
                case "cancel" -> effect.cancelTimer(words[1]);
                default -> effect;
            };
        }

        @Override
        public Effect<String, String> onTimer(String state, String timer, Context<String> context) {
            if (timer.equals("again")) {
                return none().timer(timer, at(20));
            }
            return persist("fired " + timer + "@" + context.eventTimeMillis()).emit(SAID, after -> timer);
        }

        @Override
        public String evolve(String state, String event) {
            return event.equals("forget") ? null : event;
        }
    }
}
