package io.wellspring.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.error.CodecException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** A stage whose states are stored in parts. */
class StateInPartsTest {
    private final Stage<String, Long, Long, List<Long>> stage =
            Stage.inParts("numbers", new Numbers(), Codecs.int64(), new Format());

    @Test
    void tellsTheFormatAlsoOfItsCopies() {
        assertThat(stage.stateFormat()).containsInstanceOf(Format.class);
        assertThat(stage.onError(Policy.skip()).stateFormat()).isPresent();
        assertThat(Orders.stage("sums").stateFormat()).isEmpty();
    }

    @Test
    void hasACodecThatWritesAllPartsIntoOnePiece() {
        Codec<List<Long>> whole = stage.state();
        assertThat(whole.contentName()).isEqualTo("parts-numbers");
        for (List<Long> state : List.of(List.<Long>of(), List.of(5L, 6L, 7L))) {
            assertThat(whole.decode(whole.encode(state))).isEqualTo(state);
        }
    }

    @Test
    void thatCodecRefusesWhatIsCutOff() {
        byte[] whole = stage.state().encode(List.of(5L, 6L, 7L));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> stage.state().decode(cut))
                    .as("%d bytes", length)
                    .isInstanceOf(CodecException.class);
        }
    }

    private static final class Numbers implements EventSourced<String, Long, Long, List<Long>> {
        @Override
        public List<Long> initial(String key) {
            return List.of();
        }

        @Override
        public Effect<Long, List<Long>> decide(List<Long> state, Long command, Context<String> context) {
            return persist(command);
        }

        @Override
        public List<Long> evolve(List<Long> state, Long event) {
            var longer = new ArrayList<>(state);
            longer.add(event);
            return longer;
        }
    }

    /** A number is a part; the root says how many there are. */
    private static final class Format implements StateFormat<List<Long>> {
        @Override
        public String contentName() {
            return "numbers";
        }

        @Override
        public byte[] saveRoot(List<Long> state) {
            return Codecs.int64().encode((long) state.size());
        }

        @Override
        public long firstPart(List<Long> state) {
            return 0;
        }

        @Override
        public long endPart(List<Long> state) {
            return state.size();
        }

        @Override
        public byte[] savePart(List<Long> state, long number) {
            return Codecs.int64().encode(state.get((int) number));
        }

        @Override
        public List<Long> load(byte[] root, LongFunction<byte[]> parts) {
            List<Long> state = new ArrayList<>();
            for (long number = 0; number < Codecs.int64().decode(root); number++) {
                state.add(Codecs.int64().decode(parts.apply(number)));
            }
            return state;
        }

        @Override
        public long weightBytes(List<Long> state) {
            return 16L * state.size();
        }
    }
}
