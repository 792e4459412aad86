package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.SourceOptions;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.error.ConfigException;
import io.wellspring.journal.ReadAhead;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class InOrderTest {
    private static final Topic<String, Long> A = Topic.of("a", Codecs.utf8(), Codecs.int64());
    private static final Topic<String, Long> B = Topic.of("b", Codecs.utf8(), Codecs.int64());
    private static final Topic<String, Long> OUT = Topic.of("out", Codecs.utf8(), Codecs.int64());
    private static final TopicPartition A_0 = new TopicPartition("a", 0);

    @Test
    void putsRecordsInOrderWithinTheAllowedLateness() {
        var task = new TaskFixture(one(10));
        given(task, 100, 95, 103, 98, 110);
        task.process();
        assertThat(task.valuesOf("out"))
                .as("the watermark is at 100: 103 and 110 may be overtaken")
                .containsExactly(95L, 98L, 100L);
        given(task, 120);
        task.process();
        assertThat(task.valuesOf("out")).containsExactly(95L, 98L, 100L, 103L, 110L);
    }

    @Test
    void keepsTheOrderOfOffsetsAtOneEventTime() {
        var task = new TaskFixture(one(5));
        task.given("a", 10, "k", 1)
                .given("a", 10, "k", 2)
                .given("a", 10, "k", 3)
                .given("a", 15, "k", 4);
        task.process();
        assertThat(task.valuesOf("out")).containsExactly(1L, 2L, 3L);
    }

    @Test
    void letsALateRecordNotWait() {
        var task = new TaskFixture(Pipeline.named(
                "p",
                p -> p.from(A, source -> lateness(source, 10).onLate(Policy.deadLetter("late")))
                        .to(OUT)));
        given(task, 100, 120, 109, 110, 130);
        task.process();
        assertThat(task.valuesOf("out")).containsExactly(100L, 110L, 120L);
        assertThat(task.valuesOf("late")).containsExactly(109L);
    }

    @Test
    void mergesSourcesByEventTime() {
        var task = new TaskFixture(two());
        task.given("a", 20, "k", 20).given("a", 40, "k", 40).given("a", 30, "k", 30);
        task.process();
        assertThat(task.valuesOf("out")).as("nobody knows what b brings").isEmpty();
        task.given("b", 25, "k", 25).given("b", 20, "k", -20);
        task.process();
        assertThat(task.valuesOf("out")).as("b has come to 25, less 10").isEmpty();
        task.given("b", 60, "k", 60);
        task.process();
        assertThat(task.valuesOf("out")).as("a has come to 40, less 10").containsExactly(20L, -20L, 25L, 30L);
    }

    @Test
    void waitsNoLongerForSourcesThatHaveNothing() {
        var task = new TaskFixture(two());
        task.given("a", 20, "k", 20).given("a", 15, "k", 15);
        task.process();
        task.pass(TaskFixture.IDLE_AFTER.minusMillis(1));
        assertThat(task.valuesOf("out")).isEmpty();
        task.pass(Duration.ofMillis(1));
        assertThat(task.valuesOf("out"))
                .as("b rests; a has brought 15 just now")
                .isEmpty();
        task.pass(TaskFixture.IDLE_AFTER);
        assertThat(task.valuesOf("out")).containsExactly(15L, 20L);
        assertThat(task.task.watermarkMillis()).isEqualTo(20);
        task.given("a", 19, "k", 19).given("a", 21, "k", 21);
        task.process();
        assertThat(task.valuesOf("out")).as("19 is late, 21 waits").containsExactly(15L, 20L, 19L);
    }

    @Test
    void aTaskThatStoodStillWaitsForWhatItsSourcesMayHaveBroughtMeanwhile() {
        var task = new TaskFixture(two());
        task.given("a", 20, "k", 20).given("b", 5, "k", 5);
        task.process();
        task.clock.advance(Duration.ofHours(1));
        task.process();
        task.given("b", 15, "k", 15).given("b", 60, "k", 60).given("a", 60, "k", 60);
        task.process();
        assertThat(task.valuesOf("out")).containsExactly(5L, 15L, 20L);
    }

    @Test
    void firesTimersBetweenTheRecordsTheyLieBetween() {
        var pipeline = Pipeline.named(
                "p", p -> p.from(A, source -> lateness(source, 10)).stage(Reminders.STAGE));
        var task = new TaskFixture(pipeline);
        task.given("a", 10, "k", 25)
                .given("a", 40, "k", 28)
                .given("a", 30, "k", 35)
                .given("a", 100, "k", 0);
        task.process();
        assertThat(task.journal("reminders").stream()
                        .filter(entry -> entry.hasEvent())
                        .map(entry -> Codecs.int64().decode(entry.event())))
                .as("28 was set at 40, when it was due already")
                .containsExactly(25L, 35L, 28L);
    }

    @Test
    void doesNotPutOffWhatCannotBeDecoded() {
        var task = new TaskFixture(Pipeline.named(
                "p",
                p -> p.from(A, source -> lateness(source, 10).onError(Policy.deadLetter("dead")))
                        .to(OUT)));
        given(task, 100);
        task.givenBytes("a", 999, "k", new byte[] {1, 2, 3});
        given(task, 99, 110);
        task.process();
        assertThat(task.sentTo("dead")).hasSize(1);
        assertThat(task.valuesOf("out")).as("its time moves nothing").containsExactly(99L, 100L);
    }

    @Test
    void commitsTheFirstThatWaitsAndWhatIsDoneBeyond() {
        var task = new TaskFixture(one(10));
        given(task, 100, 120, 105);
        task.givenBytes("a", 999, "k", new byte[] {1, 2, 3});
        given(task, 110, 110);
        task.process(5);
        assertThat(position(task, 6))
                .as("100, 105, what cannot be decoded, 110 and 110 are done; 120 at offset 1 waits")
                .isEqualTo(new InputPosition(1, Optional.of(new ReadAhead(6, 5, List.of(3L)))));
        given(task, 130);
        task.process();
        assertThat(position(task, 7)).isEqualTo(new InputPosition(6, Optional.of(new ReadAhead(7, 6, List.of()))));
    }

    @Test
    void saysHowFarItIsAmongRecordsOfOneTime() {
        var task = new TaskFixture(one(10));
        given(task, 100, 100, 100, 110);
        task.process(2);
        assertThat(position(task, 4)).isEqualTo(new InputPosition(2, Optional.of(new ReadAhead(4, 1, List.of()))));
    }

    @Test
    void letsNothingGoOnBeforeAllIsReadAgain() {
        var task = new TaskFixture(one(10)).from("a", 1);
        task.task.start(110, Map.of(A_0, new ReadAhead(6, 4, List.of(3L))));
        given(task, 120, 105);
        task.process(partition -> false);
        assertThat(task.valuesOf("out")).isEmpty();
        assertThat(position(task, 3)).isEqualTo(new InputPosition(1, Optional.of(new ReadAhead(6, 4, List.of(3L)))));
        task.givenBytes("a", 999, "k", new byte[] {1, 2, 3});
        task.given("a", 110, "k", 1).given("a", 110, "k", 2).given("a", 130, "k", 130);
        task.process(partition -> false);
        assertThat(task.valuesOf("out"))
                .as("the first of 110 was done, the second was not")
                .containsExactly(2L, 120L);
    }

    @Test
    void stopsWhereWhatWaitedCannotBeDecodedAnyMore() {
        var task = new TaskFixture(one(10)).from("a", 1);
        task.task.start(110, Map.of(A_0, new ReadAhead(6, 4, List.of(3L))));
        task.givenBytes("a", 999, "k", new byte[] {1, 2, 3});
        assertThatThrownBy(task::process)
                .isInstanceOf(TaskStopped.class)
                .hasMessageContainingAll("a-0@1", "cannot be decoded", "until no record waits");
    }

    @Test
    void takesControlRecordsBeforeTheReadEndForRead() {
        var task = new TaskFixture(one(10)).from("a", 1);
        task.task.start(110, Map.of(A_0, new ReadAhead(4, 0, List.of())));
        given(task, 120);
        task.process(partition -> false);
        assertThat(task.valuesOf("out")).isEmpty();
        task.process(partition -> true);
        given(task, 140);
        task.process(partition -> true);
        assertThat(task.valuesOf("out")).containsExactly(120L);
    }

    @Test
    void letsTheEarliestGoOnWhereThereIsNoRoom() {
        var task = new TaskFixture(one(1_000));
        for (int i = 0; i < 22; i++) {
            given(task, 100 - i);
        }
        task.process();
        assertThat(task.valuesOf("out"))
                .as("20 may wait; what comes behind the first that went is late")
                .containsExactly(80L, 79L);
    }

    @Test
    void letsTheEarliestGoOnWhereThereIsNoMemory() {
        var task = new TaskFixture(one(1_000));
        given(task, 100);
        task.process();
        long ofOne = task.task.waitingBytes();
        assertThat(ofOne).isPositive();
        task.task.waitingRoom(2 * ofOne);
        String log = logged(() -> {
            given(task, 98, 97, 96);
            task.process();
        });
        assertThat(task.valuesOf("out"))
                .as("98 and 100 have the room; 96 comes too late")
                .containsExactly(97L, 96L);
        assertThat(task.task.waitingBytes()).isEqualTo(2 * ofOne);
        task.task.waitingRoom(ofOne);
        task.process();
        assertThat(task.valuesOf("out")).as("others need the room").containsExactly(97L, 96L, 98L);
        assertThat(log)
                .contains("3 records of its task wait", "the memory that they may", "EngineConfig.bufferBytes")
                .doesNotContain("waitingRecords");
    }

    @Test
    void readsOnWhateverWaitsUntilTheInputThatHoldsTheOrderBackHasComeFurther() {
        var task = new TaskFixture(two());
        task.task.waitingRoom(1);
        for (int time = 20; time < 40; time++) {
            task.given("a", time, "k", time);
        }
        task.process();
        task.given("b", 60, "k", 60);
        task.process();
        assertThat(task.task.buffer(A_0).isEmpty()).isTrue();
        assertThat(task.valuesOf("out"))
                .as("60 waits although there is no room: it is not the earliest")
                .hasSize(20)
                .isSorted()
                .endsWith(39L);
    }

    @Test
    void saysThatUnreadableRecordsTakeTheRoomWhereTheyDo() {
        var task = new TaskFixture(one(1_000));
        given(task, 100, 101);
        for (int i = 0; i < ReadAhead.MOST_BESIDES; i++) {
            task.givenBytes("a", 999, "k", new byte[] {1, 2, 3});
        }
        task.process();
        assertThat(task.valuesOf("out")).isEmpty();
        String log = logged(() -> {
            task.givenBytes("a", 999, "k", new byte[] {1, 2, 3});
            task.process();
        });
        assertThat(task.valuesOf("out")).containsExactly(100L, 101L);
        assertThat(log)
                .contains("a-0", "48 records", "cannot be decoded", "Mend what writes them")
                .doesNotContain("waitingRecords");
    }

    @Test
    void refusesToGoOnOutOfOrder() {
        var task = new TaskFixture(Pipeline.named("p", p -> p.from(A).to(OUT)));
        assertThatThrownBy(() -> task.task.start(5, Map.of(A_0, new ReadAhead(4, 0, List.of()))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("a-0")
                .hasMessageContaining("inOrder()");
    }

    private static String logged(Runnable work) {
        PrintStream before = System.err;
        var captured = new ByteArrayOutputStream();
        System.setErr(new PrintStream(captured, true, UTF_8));
        try {
            work.run();
        } finally {
            System.setErr(before);
        }
        return captured.toString(UTF_8);
    }

    private static void given(TaskFixture task, long... times) {
        for (long time : times) {
            task.given("a", time, "k", time);
        }
    }

    private static InputPosition position(TaskFixture task, long consumed) {
        return task.task.position(task.task.buffer(A_0), consumed);
    }

    private static SourceOptions<Long> lateness(SourceOptions<Long> source, long millis) {
        return source.allowedLateness(Duration.ofMillis(millis)).inOrder();
    }

    private static Pipeline one(long latenessMillis) {
        return Pipeline.named(
                "p",
                p -> p.from(A, source -> lateness(source, latenessMillis).onError(Policy.skip()))
                        .to(OUT));
    }

    private static Pipeline two() {
        return Pipeline.named(
                "p",
                p -> p.from(A, source -> lateness(source, 10))
                        .merge(p.from(B, source -> lateness(source, 10)))
                        .to(OUT));
    }
}
