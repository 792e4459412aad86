package io.wellspring.api;

import static io.wellspring.api.Orders.BALANCES;
import static io.wellspring.api.Orders.ORDERS;
import static io.wellspring.api.Orders.REFUNDS;
import static io.wellspring.api.Orders.TOTALS;
import static io.wellspring.api.Orders.stage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each mistake in a graph is refused when it is made or when the pipeline is built, with its place and a remedy. */
class PipelineErrorsTest {
    @Test
    void aPipelineWithoutASourceIsRefused() {
        assertRefused(p -> {}, "Pipeline shop has no source. Begin with p.from(topic)");
    }

    @Test
    void twoStagesOfOneNameAreRefused() {
        assertRefused(
                p -> {
                    var orders = p.from(ORDERS);
                    orders.stage(stage("sum"));
                    orders.stage(stage("sum"));
                },
                "Pipeline shop has 'stage sum' twice. Give the second another name");
    }

    @Test
    void aTopicReadTwiceIsRefused() {
        assertRefused(
                p -> {
                    p.from(ORDERS).to(TOTALS);
                    p.from(ORDERS).to(TOTALS);
                },
                "Pipeline shop has 'from orders' twice. A topic is read once: keep the stream");
    }

    @Test
    void twoRekeysOfOneNameAreRefused() {
        assertRefused(
                p -> {
                    var orders = p.from(ORDERS);
                    orders.rekey("by-amount", Codecs.int64(), Codecs.int64(), amount -> amount);
                    orders.rekey("by-amount", Codecs.int64(), Codecs.int64(), amount -> amount);
                },
                "Pipeline shop has 'rekey by-amount' twice.");
    }

    @Test
    void twoViewsOfOneNameAreRefused() {
        assertRefused(
                p -> {
                    var orders = p.from(ORDERS);
                    orders.stage(stage("one")).publish(BALANCES, sum -> sum);
                    orders.stage(stage("two")).publish(BALANCES, sum -> sum);
                },
                "Pipeline shop has 'view balances' twice.");
    }

    @Test
    void aViewThatNobodyPublishesIsRefused() {
        assertRefused(
                p -> p.from(ORDERS).stage(stage("reader").reading(BALANCES)),
                "Stage reader of pipeline shop reads " + BALANCES + ", which no stage publishes; published are []. Call"
                        + " publish(view, ...) on the stage that owns the state");
    }

    @Test
    void aViewPublishedWithOtherTypesCountsAsNotPublished() {
        View<String, Integer> others = View.sameTask("balances", String.class, Integer.class);
        assertRefused(
                p -> {
                    var orders = p.from(ORDERS);
                    orders.stage(stage("owner")).publish(others, sum -> 1);
                    orders.stage(stage("reader").reading(BALANCES));
                },
                "Stage reader of pipeline shop reads " + BALANCES + ", which no stage publishes; published are ["
                        + others + "].");
    }

    @Test
    void aViewBehindARepartitionTopicIsRefused() {
        assertRefused(
                p -> {
                    var orders = p.from(ORDERS);
                    orders.stage(stage("owner")).publish(BALANCES, sum -> sum);
                    orders.rekey("by-customer", Codecs.utf8(), Codecs.int64(), amount -> "c" + amount)
                            .stage(stage("reader").reading(BALANCES));
                },
                "Stage reader of pipeline shop reads view balances, but stage owner runs in another task: one of them"
                        + " is behind a repartition topic");
    }

    @Test
    void aViewOfAStageWithKeysOfAnotherCodecIsRefused() {
        Topic<String, Long> quoted = Topic.of("quoted", new Quoted(), Codecs.int64());
        assertRefused(
                p -> {
                    p.from(ORDERS).stage(stage("owner")).publish(BALANCES, sum -> sum);
                    p.from(quoted).stage(stage("reader").reading(BALANCES));
                },
                "Stage reader of pipeline shop reads view balances, but stage owner runs in another task: their keys are"
                        + " encoded in different ways");
    }

    @Test
    void aStageRunsInTheTaskOfTheViewThatItReads() {
        Topic<String, Long> others = Topic.of("others", Codecs.utf8(), Codecs.int64());
        Pipeline shop = Pipeline.named("shop", p -> {
            p.from(ORDERS).stage(stage("owner")).publish(BALANCES, sum -> sum);
            p.from(others).stage(stage("reader").reading(BALANCES));
        });

        assertThat(shop.graph().groups()).containsOnly(0);
    }

    @Test
    void streamsWithKeysOfDifferentCodecsAreNotMerged() {
        Topic<String, Long> quoted = Topic.of("quoted", new Quoted(), Codecs.int64());
        assertRefused(
                p -> p.from(ORDERS).merge(p.from(quoted)),
                "Streams with keys encoded as utf8 and as quoted cannot be merged: equal keys would lie in different"
                        + " partitions. Rekey one of them");
    }

    @Test
    void aStageBehindByteArrayKeysIsRefused() {
        Stage<byte[], Long, Long, Long> stage = Stage.of("raw", new Raw(), Codecs.int64(), Codecs.int64());
        assertRefused(
                p -> p.from(Topic.of("raw", Codecs.bytes(), Codecs.int64())).stage(stage),
                "Stage raw has byte arrays as keys, which are never equal to each other. Use a key codec of a type with"
                        + " equality, such as Codecs.utf8() or Codecs.int64()");
    }

    @Test
    void aStreamOfAnotherPipelineIsRefused() {
        List<KeyedStream<String, Long>> foreign = new ArrayList<>();
        Pipeline.named("other", p -> foreign.add(p.from(REFUNDS)));
        assertRefused(
                p -> p.from(ORDERS).merge(foreign.get(0)),
                "A stream of another pipeline was given to pipeline shop. Send it through a topic: to(topic) there,"
                        + " from(topic) here");
    }

    @Test
    void aBuiltPipelineTakesNoMoreSteps() {
        List<Pipeline.Builder> builders = new ArrayList<>();
        List<KeyedStream<String, Long>> streams = new ArrayList<>();
        Pipeline.named("shop", p -> {
            builders.add(p);
            streams.add(p.from(ORDERS));
        });
        String message = "Pipeline shop is built already; add its steps inside Pipeline.named(...), before it returns";
        assertThatThrownBy(() -> builders.get(0).from(REFUNDS))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> streams.get(0).filter(amount -> true))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "-begins", ".begins", "a b", "ü", "a/b", "x\n"})
    void illegalNamesAreRefusedWithTheRule(String name) {
        String rule =
                "it becomes part of topic names and directories: use 1 to 100 letters, digits, '.', '_' or '-', beginning"
                        + " with a letter or digit";
        assertThatThrownBy(() -> Pipeline.named(name, p -> p.from(ORDERS)))
                .isInstanceOf(ConfigException.class)
                .hasMessage("The name of a pipeline is '" + name + "'; " + rule);
        assertThatThrownBy(() -> stage(name))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("The name of a stage is '" + name + "'; ");
        assertThatThrownBy(() -> Orders.topic(name))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("The name of a topic is '" + name + "'; ");
        assertThatThrownBy(() -> Out.named(name, Long.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("The name of a port (Out) is '" + name + "'; ");
        assertThatThrownBy(() -> View.sameTask(name, String.class, Long.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("The name of a view is '" + name + "'; ");
        assertThatThrownBy(() -> Policy.deadLetter(name))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("The name of a dead-letter topic is '" + name + "'; ");
        assertRefused(
                p -> p.from(ORDERS).rekey(name, Codecs.utf8(), Codecs.int64(), amount -> "x"),
                "The name of a rekey is '" + name + "'; ");
    }

    @Test
    void namesOf100CharactersAreLegalAndLongerOnesAreNot() {
        stage("x".repeat(100));
        assertThatThrownBy(() -> stage("x".repeat(101))).isInstanceOf(ConfigException.class);
    }

    private static void assertRefused(Consumer<Pipeline.Builder> description, String message) {
        assertThatThrownBy(() -> Pipeline.named("shop", description))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message);
    }

    /** Text in quotes: other bytes than utf8 for an equal key. */
    private static final class Quoted implements Codec<String> {
        @Override
        public String contentName() {
            return "quoted";
        }

        @Override
        public byte[] encode(String value) {
            return Codecs.utf8().encode("'" + value + "'");
        }

        @Override
        public String decode(byte[] bytes) {
            String text = Codecs.utf8().decode(bytes);
            return text.substring(1, text.length() - 1);
        }
    }

    private static final class Raw implements EventSourced<byte[], Long, Long, Long> {
        @Override
        public Long initial(byte[] key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long sum, Long amount, Context<byte[]> context) {
            return none();
        }

        @Override
        public Long evolve(Long sum, Long amount) {
            return sum;
        }
    }
}
