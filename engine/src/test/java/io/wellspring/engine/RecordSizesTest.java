package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.testkit.sim.SimDisk;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/**
 * Whatever kind of record a topic would refuse for its size: nothing of the record that leads to it is sent, and what came before it stands. A send
 * that is refused by the broker would put the whole transaction into error, with the work of all tasks in it.
 */
class RecordSizesTest {
    private static final Topic<String, String> IN = Topic.of("in", Codecs.utf8(), Codecs.utf8());
    private static final Topic<String, String> OUT = Topic.of("out", Codecs.utf8(), Codecs.utf8());
    private static final Topic<String, String> BESIDE = Topic.of("beside", Codecs.utf8(), Codecs.utf8());
    private static final String LARGE = "x".repeat(5_000);
    private static final int NARROW = 4_000;

    private final Echo echo = new Echo();
    private final Stage<String, String, String, String> stage = Stage.of("echo", echo, Codecs.utf8(), Codecs.utf8());

    @Test
    void anEventOfAJournal() {
        var task = narrow("p-echo-journal", outputs(stage.onError(Policy.skip())));
        given(task, "one", LARGE, "two");
        task.process();
        assertThat(texts(task, "beside")).as("steps beside the stage go on").containsExactly("one", LARGE, "two");
        assertThat(texts(task, "out")).containsExactly("one", "two");
        assertThat(task.journal("echo")).hasSize(2);
        assertThat(task.task.stage("echo").table().get("k").state()).isEqualTo("two");
    }

    @Test
    void anOutput() {
        var task = narrow("out", outputs(stage));
        given(task, "one", LARGE, "two");
        assertRefused(task, "topic out", "4000 bytes", "max.message.bytes");
        assertThat(texts(task, "out")).containsExactly("one");
        assertThat(texts(task, "beside")).containsExactly("one");
        assertThat(task.journal("echo")).as("its event is taken back").hasSize(1);
    }

    @Test
    void aRecordForARepartitionTopic() {
        var task = narrow(
                "p-again-repartition",
                Pipeline.named(
                        "p",
                        p -> p.from(IN, source -> source.onError(Policy.skip()))
                                .rekey("again", Codecs.utf8(), Codecs.utf8(), value -> "k")
                                .to(OUT)));
        given(task, "one", LARGE, "two");
        task.process();
        assertThat(texts(task, "p-again-repartition")).containsExactly("one", "two");
        assertThat(task.task.counts().skipped()).isEqualTo(1);
    }

    @Test
    void aDeadLetter() {
        echo.fails = true;
        var task = narrow("dead", outputs(stage.onError(Policy.deadLetter("dead"))));
        given(task, "one", LARGE, "two");
        assertRefused(task, "in-0@1", "topic dead", "4000 bytes");
        assertThat(texts(task, "dead")).containsExactly("one");
        assertThat(texts(task, "beside")).containsExactly("one");
    }

    @Test
    void aParkedRecord() {
        echo.fails = true;
        var task = narrow("parked", outputs(stage.onError(Policy.parkKey("parked"))));
        given(task, "one", LARGE, "two");
        assertRefused(task, "in-0@1", "stage echo", "cannot park it", "topic parked", "4000 bytes");
        assertThat(texts(task, "parked")).containsExactly("one");
        assertThat(texts(task, "beside")).containsExactly("one");
        assertThat(task.journal("echo")).as("one parking, and no second one").hasSize(1);
        assertThat(task.task.stage("echo").parking().of("k").added()).isEqualTo(1);
    }

    private static void assertRefused(TaskFixture task, String... words) {
        assertThatThrownBy(task::process).isInstanceOf(TaskStopped.class).hasMessageContainingAll(words);
    }

    private static Pipeline outputs(Stage<String, String, String, String> stage) {
        return Pipeline.named("p", p -> {
            var in = p.from(IN);
            in.to(BESIDE);
            in.stage(stage).out(Echo.SAID).to(OUT);
        });
    }

    private static TaskFixture narrow(String topic, Pipeline pipeline) {
        return new TaskFixture(
                pipeline, new SimDisk("fixture").task("0-0"), each -> each.equals(topic) ? NARROW : 1_000_000);
    }

    private static void given(TaskFixture task, String... values) {
        for (String value : values) {
            task.givenBytes("in", 1, "k", value.getBytes(UTF_8));
        }
    }

    private static List<String> texts(TaskFixture task, String topic) {
        return task.sentTo(topic).stream()
                .map(ProducerRecord::value)
                .map(value -> new String(value, UTF_8))
                .toList();
    }

    private static final class Echo implements EventSourced<String, String, String, String> {
        static final Out<String> SAID = Out.named("said", String.class);
        boolean fails;

        @Override
        public String initial(String key) {
            return "";
        }

        @Override
        public Effect<String, String> decide(String last, String command, Context<String> context) {
            if (fails) {
                throw new IllegalArgumentException("no");
            }
            return persist(command).emit(SAID, after -> after);
        }

        @Override
        public String evolve(String last, String event) {
            return event;
        }
    }
}
