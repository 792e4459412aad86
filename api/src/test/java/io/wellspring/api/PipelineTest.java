package io.wellspring.api;

import static io.wellspring.api.Orders.NOTICES;
import static io.wellspring.api.Orders.ORDERS;
import static io.wellspring.api.Orders.REFUNDS;
import static io.wellspring.api.Orders.TOTALS;
import static io.wellspring.api.Orders.stage;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.port.Graph;
import io.wellspring.api.port.Node;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PipelineTest {
    @Test
    void describesEachStepWithItsInputsAndItsGroup() {
        Pipeline shop = Pipeline.named("shop", p -> {
            var sides = p.from(ORDERS)
                    .merge(p.from(REFUNDS).map(amount -> -amount))
                    .filter(amount -> amount != 0)
                    .split(amount -> amount > 0);
            var sums = sides.matching().stage(stage("sums")).publish(Orders.BALANCES, sum -> sum);
            sums.out(NOTICES).to(TOTALS);
            sums.events()
                    .flatMap(List::of)
                    .rekey("by-size", Codecs.int64(), Codecs.int64(), amount -> amount)
                    .peek(amount -> {});
        });
        assertThat(shop.describe()).isEqualTo("""
                        pipeline shop
                          0: from orders  (group 0)
                          1: from refunds  (group 0)
                          2: map <- [1]  (group 0)
                          3: merge <- [0, 2]  (group 0)
                          4: filter <- [3]  (group 0)
                          5: split <- [4]  (group 0)
                          6: matching <- [5]  (group 0)
                          7: rest <- [5]  (group 0)
                          8: stage sums <- [6]  (group 0)
                          9: view balances <- [8]  (group 0)
                          10: out notices <- [8]  (group 0)
                          11: to totals <- [10]  (group 0)
                          12: events <- [8]  (group 0)
                          13: flatMap <- [12]  (group 0)
                          14: rekey by-size <- [13]  (group 0)
                          15: peek <- [14]  (group 1)
                        """);
        assertThat(shop).hasToString("Pipeline[shop]");
    }

    @Test
    void sourcesThatNeverMeetAreGroupsOfTheirOwn() {
        Pipeline shop = Pipeline.named("shop", p -> {
            p.from(ORDERS).to(TOTALS);
            p.from(REFUNDS).to(TOTALS);
        });
        assertThat(shop.graph().groups()).containsExactly(0, 0, 1, 1);
    }

    @Test
    void aMergeMakesOneGroupOfItsInputs() {
        Pipeline shop = Pipeline.named("shop", p -> {
            var orders = p.from(ORDERS);
            var refunds = p.from(REFUNDS);
            refunds.merge(orders).to(TOTALS);
        });
        assertThat(shop.graph().groups()).containsOnly(0);
    }

    @Test
    void aRekeyCutsAndItsConsumersAreOneGroup() {
        Pipeline shop = Pipeline.named("shop", p -> {
            var rekeyed = p.from(ORDERS).rekey("x", Codecs.utf8(), Codecs.int64(), amount -> "k" + amount);
            rekeyed.stage(stage("one"));
            rekeyed.stage(stage("two"));
        });
        assertThat(shop.graph().groups()).containsExactly(0, 0, 1, 1);
    }

    @Test
    void aMergeBehindARekeyJoinsTheRekeyedStreamToTheOthersGroup() {
        Pipeline shop = Pipeline.named("shop", p -> {
            var rekeyed = p.from(ORDERS).rekey("x", Codecs.utf8(), Codecs.int64(), amount -> "k" + amount);
            p.from(REFUNDS).merge(rekeyed).to(TOTALS);
        });
        assertThat(shop.graph().groups()).containsExactly(0, 0, 1, 1, 1);
    }

    @Test
    void aStreamCanBeMergedWithItsOwnRekeyAndThenEverythingIsOneGroup() {
        Pipeline shop = Pipeline.named("shop", p -> {
            var orders = p.from(ORDERS);
            orders.merge(orders.rekey("x", Codecs.utf8(), Codecs.int64(), amount -> "k" + amount))
                    .to(TOTALS);
        });
        assertThat(shop.graph().groups()).containsOnly(0);
    }

    @Test
    void aRekeyNodeKnowsItsConsumersInOrderOfDeclaration() {
        Pipeline shop = Pipeline.named("shop", p -> {
            var orders = p.from(ORDERS);
            orders.map(amount -> amount).to(TOTALS);
            orders.filter(amount -> true);
        });
        assertThat(shop.graph().consumersOf(0)).extracting(Node::label).containsExactly("map", "filter");
        assertThat(shop.graph().consumersOf(3)).isEmpty();
    }

    @Test
    void theBuildersListIsNotTheGraphs() {
        List<Node> nodes = new ArrayList<>();
        Pipeline shop = Pipeline.named("shop", p -> p.from(ORDERS));
        nodes.addAll(shop.graph().nodes());
        var copy = new Graph("copy", nodes);
        nodes.clear();
        assertThat(copy.nodes()).hasSize(1);
    }

    @Test
    void optionsOfASourceReachTheGraph() {
        Pipeline shop = Pipeline.named(
                "shop",
                p -> p.from(
                        ORDERS,
                        options -> options.eventTime(Instant::ofEpochMilli).onError(Policy.skip())));
        var source = (Node.Source) shop.graph().nodes().get(0);
        assertThat(source.options().policy()).isEqualTo(Policy.skip());
        assertThat(source.options().extractor()).isPresent();
    }

    @Test
    void codecsOfValuesAreKnownWhereTheTypeIs() {
        Pipeline.named("shop", p -> {
            var orders = p.from(ORDERS);
            assertThat(orders.valueCodec()).isPresent();
            assertThat(orders.filter(amount -> true).valueCodec()).isPresent();
            assertThat(orders.merge(p.from(REFUNDS)).valueCodec()).isEmpty();
            var mapped = orders.map(String::valueOf);
            assertThat(mapped.valueCodec()).isEmpty();
            assertThat(mapped.withCodec(Codecs.utf8()).valueCodec()).isPresent();
            var sums = orders.stage(stage("sums"));
            assertThat(sums.events().valueCodec()).isPresent();
            assertThat(sums.out(NOTICES).valueCodec()).isEmpty();
            assertThat(sums.events().keyCodec()).isEqualTo(Codecs.utf8());
        });
    }

    @Test
    void aStageOfSuperTypesTakesAStreamOfSubTypes() {
        Stage<Object, Number, Long, Long> counts = Stage.of("counts", new Counts(), Codecs.int64(), Codecs.int64());
        Pipeline shop = Pipeline.named("shop", p -> {
            StageStream<String, Long, Long> counted = p.from(ORDERS).stage(counts);
            KeyedStream<String, Long> events = counted.events();
            events.to(TOTALS);
        });
        assertThat(shop.graph().nodes()).extracting(Node::label).contains("stage counts");
    }

    @Test
    void aSinkOfASuperTypeTakesAStreamOfASubType() {
        Topic<String, Number> numbers = Topic.of("numbers", Codecs.utf8(), new LongsAsNumbers());
        Pipeline shop = Pipeline.named("shop", p -> p.from(ORDERS).to(numbers));
        assertThat(shop.graph().nodes()).extracting(Node::label).contains("to numbers");
    }

    private static final class Counts implements EventSourced<Object, Number, Long, Long> {
        @Override
        public Long initial(Object key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long count, Number command, Context<Object> context) {
            return persist(1L);
        }

        @Override
        public Long evolve(Long count, Long event) {
            return count + event;
        }
    }

    private static final class LongsAsNumbers implements Codec<Number> {
        @Override
        public String contentName() {
            return "numbers";
        }

        @Override
        public byte[] encode(Number value) {
            return Codecs.int64().encode(value.longValue());
        }

        @Override
        public Number decode(byte[] bytes) {
            return Codecs.int64().decode(bytes);
        }
    }
}
