package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.error.CorruptException;
import org.junit.jupiter.api.Test;

class InitialStateTest {
    private static final Topic<String, Long> IN = Topic.of("in", Codecs.utf8(), Codecs.int64());

    private final Careless careless = new Careless();
    private final Stage<String, Long, Long, Long> stage =
            Stage.of("careless", careless, Codecs.int64(), Codecs.int64());

    @Test
    void thatIsNullStopsTheTaskWithStageKeyAndRemedyBeforeAnythingIsDecided() {
        var task = new TaskFixture(Pipeline.named("p", p -> p.from(IN).stage(stage)));
        task.given("in", 1, "a", 1);
        assertThatThrownBy(task::process)
                .isInstanceOf(TaskStopped.class)
                .hasMessageContainingAll(
                        "in-0@0", "initial of stage careless", "key \"a\"", "gave null", "a key without events");
        assertThat(careless.decided).isZero();
    }

    @Test
    void thatIsNullIsARecordsFaultLikeAnyOther() {
        var task =
                new TaskFixture(Pipeline.named("p", p -> p.from(IN).stage(stage.onError(Policy.deadLetter("dead")))));
        task.given("in", 1, "a", 1).given("in", 1, "b", 2);
        careless.known = "b";
        task.process();
        assertThat(task.valuesOf("dead")).containsExactly(1L);
        assertThat(task.journal("careless")).hasSize(1);
    }

    @Test
    void thatIsNullInAReplayStopsTheTaskWithThePlace() {
        careless.known = "a";
        var before = new TaskFixture(Pipeline.named("p", p -> p.from(IN).stage(stage)));
        before.given("in", 1, "a", 1);
        before.process();
        careless.known = "b";
        var after = new TaskFixture(Pipeline.named("p", p -> p.from(IN).stage(stage)));
        assertThatThrownBy(() -> after.task
                        .stage("careless")
                        .replay(before.journal("careless").get(0), "journal-0@0"))
                .isInstanceOf(CorruptException.class)
                .hasMessageContainingAll("journal-0@0", "key \"a\"", "gave null");
    }

    private static final class Careless implements EventSourced<String, Long, Long, Long> {
        String known = "";
        int decided;

        @Override
        public Long initial(String key) {
            return key.equals(known) ? 0L : null;
        }

        @Override
        public Effect<Long, Long> decide(Long last, Long command, Context<String> context) {
            decided++;
            return persist(command);
        }

        @Override
        public Long evolve(Long last, Long event) {
            return event;
        }
    }
}
