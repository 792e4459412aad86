package io.wellspring.api;

import static io.wellspring.api.Orders.ORDERS;
import static io.wellspring.api.Orders.stage;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.wellspring.api.codec.Codecs;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A null is refused where it is given, not when the pipeline runs. */
class NullArgumentsTest {
    @Test
    void aSourceNeedsATopic() {
        assertNull("topic", p -> p.from(null));
    }

    @Test
    void stepsNeedTheirFunctions() {
        assertNull("function", p -> p.from(ORDERS).map(null));
        assertNull("function", p -> p.from(ORDERS).mapWithKey(null));
        assertNull("function", p -> p.from(ORDERS).flatMap(null));
        assertNull("predicate", p -> p.from(ORDERS).filter(null));
        assertNull("predicate", p -> p.from(ORDERS).split(null));
        assertNull("consumer", p -> p.from(ORDERS).peek(null));
    }

    @Test
    void aRekeyNeedsItsCodecsAndItsKey() {
        assertNull("newKeys", p -> p.from(ORDERS).<String>rekey("x", null, Codecs.int64(), amount -> "k"));
        assertNull("newValues", p -> p.from(ORDERS).rekey("x", Codecs.utf8(), null, amount -> "k"));
        assertNull("key", p -> p.from(ORDERS).rekey("x", Codecs.utf8(), Codecs.int64(), null));
    }

    @Test
    void stagesSinksPortsAndViewsAreNeeded() {
        assertNull("stage", p -> p.from(ORDERS).<Long, Long>stage(null));
        assertNull("topic", p -> p.from(ORDERS).to(null));
        assertNull("codec", p -> p.from(ORDERS).withCodec(null));
        assertNull("out", p -> p.from(ORDERS).stage(stage("s")).<Long>out(null));
        assertNull("view", p -> p.from(ORDERS).stage(stage("s")).publish(null, sum -> sum));
        assertNull("function", p -> p.from(ORDERS).stage(stage("s")).publish(Orders.BALANCES, null));
    }

    @Test
    void aStageNeedsBehaviourAndCodecs() {
        assertThatNullPointerException()
                .isThrownBy(() -> Stage.<String, Long, Long, Long>of("s", null, Codecs.int64(), Codecs.int64()))
                .withMessage("behaviour");
        assertThatNullPointerException()
                .isThrownBy(() -> Stage.of("s", new Orders.Sum(), null, Codecs.int64()))
                .withMessage("events");
        assertThatNullPointerException()
                .isThrownBy(() -> Stage.of("s", new Orders.Sum(), Codecs.int64(), null))
                .withMessage("state");
        assertThatNullPointerException()
                .isThrownBy(() -> stage("s").onError(null))
                .withMessage("policy");
    }

    @Test
    void sourceOptionsNeedTheirValues() {
        assertThatNullPointerException()
                .isThrownBy(() -> SourceOptions.<Long>defaults().eventTime(null))
                .withMessage("extractor");
        assertThatNullPointerException()
                .isThrownBy(() -> SourceOptions.<Long>defaults().onError(null))
                .withMessage("policy");
    }

    @Test
    void sourceOptionsAreNotReplacedByNothing() {
        assertNull("options", p -> p.from(ORDERS, options -> null));
    }

    private static void assertNull(String message, Consumer<Pipeline.Builder> description) {
        assertThatNullPointerException()
                .isThrownBy(() -> Pipeline.named("shop", description))
                .withMessage(message);
    }
}
