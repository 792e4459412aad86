package io.wellspring.cep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Stage;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.error.CodecException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.cep.KernelNaiveTest.Arrived;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

/** Going back to roots, and snapshots: what comes afterwards is what would have come without them. */
class KernelRootTest {
    private static final int MOST_MATCHES = 1_000;

    @Property(tries = 600, edgeCases = EdgeCasesMode.NONE)
    void anAbortLeavesNoTrace(
            @ForAll("automata") MarkedAutomaton automaton,
            @ForAll("horizons") Horizon horizon,
            @ForAll("streams") List<Arrived> kept,
            @ForAll("streams") List<Arrived> aborted) {
        var plain = new Replay(automaton, horizon);
        var interrupted = new Replay(automaton, horizon);
        int at = 0;
        for (Arrived event : kept) {
            at++;
            interrupted.abort(aborted.subList(0, at % (aborted.size() + 1)));
            assertThat(interrupted.step(event)).isEqualTo(plain.step(event));
            new ArenaChecks(interrupted.key).check(false);
            if (plain.tooMany()) {
                return;
            }
        }
        assertThat(interrupted.key.liveCount()).isEqualTo(plain.key.liveCount());
    }

    @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
    void aSnapshotGoesOnAsTheOriginal(
            @ForAll("automata") MarkedAutomaton automaton,
            @ForAll("horizons") Horizon horizon,
            @ForAll("streams") List<Arrived> stream) {
        var plain = new Replay(automaton, horizon);
        var written = new Replay(automaton, horizon);
        Map<Long, byte[]> parts = new HashMap<>();
        for (Arrived event : stream) {
            written.rewrite(parts);
            assertThat(written.step(event)).isEqualTo(plain.step(event));
            new ArenaChecks(written.key).check(false);
            if (plain.tooMany()) {
                return;
            }
        }
    }

    @Test
    void aSnapshotWritesWhatIsNewAndNotWhatTheWindowHolds() {
        var replay = new Replay(Sequences.skipTillAny(3), new Horizon.Events(50_000));
        replay.feed(100_000);
        long before = replay.format.endPart(replay.state());
        assertThat(before - replay.format.firstPart(replay.state())).isGreaterThan(30);

        replay.feed(100);

        assertThat(replay.format.endPart(replay.state()) - before).isLessThanOrEqualTo(1);
        assertThat(replay.format.saveRoot(replay.state()).length).isLessThan(16 * SegmentPool.LARGEST);
    }

    @Test
    void aPartIsTheSameBytesAsLongAsItLives() {
        var replay = new Replay(Sequences.skipTillAny(3), new Horizon.Events(5_000));
        replay.feed(10_000);
        long number = replay.format.endPart(replay.state()) - 1;
        byte[] part = replay.format.savePart(replay.state(), number);

        replay.feed(1_000);

        assertThat(replay.format.savePart(replay.state(), number)).isEqualTo(part);
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void aRootIsAValueWhateverComesAfterIt(
            @ForAll("automata") MarkedAutomaton automaton,
            @ForAll("horizons") Horizon horizon,
            @ForAll("streams") List<Arrived> stream) {
        var going = new Replay(automaton, horizon);
        List<PartialMatches> roots = new ArrayList<>();
        List<byte[]> bytes = new ArrayList<>();
        for (Arrived event : stream) {
            going.step(event);
            roots.add(going.state());
            bytes.add(going.whole(going.state()));
            if (going.tooMany()) {
                return;
            }
        }
        for (int i = 0; i < roots.size(); i++) {
            assertThat(going.whole(roots.get(i))).isEqualTo(bytes.get(i));
            PartialMatches read = going.codec().decode(bytes.get(i));
            assertThat(read).isEqualTo(roots.get(i));
            assertThat(i + 1 < roots.size() && roots.get(i + 1).equals(read)).isFalse();
        }
    }

    @Test
    void brokenBytesAndThoseOfAnotherPatternAreRefused() {
        var replay = new Replay(Sequences.skipTillAny(3), new Horizon.Events(5_000));
        replay.feed(5_000);
        byte[] root = replay.format.saveRoot(replay.state());

        assertThatThrownBy(() -> replay.format.load(root, number -> new byte[] {1, 7}))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("cannot be read");
        root[0]++;
        assertThatThrownBy(() -> replay.format.load(root, number -> new byte[] {1, 7}))
                .isInstanceOf(CorruptException.class)
                .hasMessageContainingAll("pattern p", "another pattern");
    }

    @Property(tries = 3_000, edgeCases = EdgeCasesMode.NONE)
    void damagedBytesAreReadOrRefused(@ForAll Random random) {
        var replay = new Replay(Sequences.skipTillAny(3), new Horizon.Events(40));
        replay.feed(60);
        PartialMatches state = replay.state();
        byte[] root = replay.format.saveRoot(state);
        Map<Long, byte[]> parts = new HashMap<>();
        for (long number = replay.format.firstPart(state); number < replay.format.endPart(state); number++) {
            parts.put(number, replay.format.savePart(state, number));
        }
        damage(root, random);
        parts.values().forEach(part -> damage(part, random));

        try {
            replay.format.load(
                    root,
                    number -> Optional.ofNullable(parts.get(number))
                            .orElseThrow(() ->
                                    new CodecException("a part of a key's partial matches is missing: " + number)));
        } catch (CodecException refused) {
            assertThat(refused).hasMessageContaining("a key's partial matches");
        } catch (CorruptException refused) {
            assertThat(refused).hasMessageContaining("pattern");
        }
    }

    private static void damage(byte[] bytes, Random random) {
        if (random.nextBoolean()) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        }
    }

    /** A key that is fed. */
    private static final class Replay {
        private final MarkedAutomaton automaton;
        private final Horizon horizon;
        private final PartialsFormat format;
        private Kernel kernel;
        private KeyPartials key;
        private long position;
        private long timeMillis;
        private long matchCount;

        private Replay(MarkedAutomaton automaton, Horizon horizon) {
            this.automaton = automaton;
            this.horizon = horizon;
            this.kernel = new Kernel(automaton, horizon);
            this.key = kernel.newLastingKey();
            this.format = new PartialsFormat(new Signature("p", 7), automaton, new ValueCodecs(List.of()));
        }

        private PartialMatches state() {
            return new PartialMatches(key.save(), kernel, key);
        }

        private Codec<PartialMatches> codec() {
            return Stage.inParts("p", new Idle(), Codecs.bytes(), format).state();
        }

        private byte[] whole(PartialMatches state) {
            return codec().encode(state);
        }

        private List<List<NaiveRuns.Taken>> step(Arrived event) {
            position += event.positions();
            timeMillis += event.millis();
            kernel.step(key, event.bits(), position, timeMillis);
            matchCount = kernel.completed().count();
            return tooMany() ? List.of() : sorted(KernelNaiveTest.matches(kernel));
        }

        private boolean tooMany() {
            return matchCount > MOST_MATCHES;
        }

        /** Symbols in turn, without the last. */
        private void feed(int count) {
            for (int i = 0; i < count; i++) {
                position++;
                kernel.step(key, 1L << (position % 2), position, position);
            }
        }

        private void abort(List<Arrived> events) {
            KeyRoot root = key.save();
            long positionThen = position;
            long timeThen = timeMillis;
            for (Arrived event : events) {
                position += event.positions();
                timeMillis += event.millis();
                kernel.step(key, event.bits(), position, timeMillis);
            }
            key = kernel.open(root);
            position = positionThen;
            timeMillis = timeThen;
        }

        /** Writes the parts that are new, and goes on with what is read back by another kernel. */
        private void rewrite(Map<Long, byte[]> parts) {
            PartialMatches state = state();
            parts.keySet().removeIf(number -> number < format.firstPart(state));
            for (long number = format.firstPart(state); number < format.endPart(state); number++) {
                parts.computeIfAbsent(number, part -> format.savePart(state, part));
            }
            byte[] root = format.saveRoot(state);
            kernel = new Kernel(automaton, horizon);
            key = kernel.open(format.load(root, parts::get).root());
            assertThat(format.saveRoot(state())).hasSameSizeAs(root);
        }

        private static List<List<NaiveRuns.Taken>> sorted(List<List<NaiveRuns.Taken>> matches) {
            var sorted = new ArrayList<>(matches);
            sorted.sort((left, right) -> left.toString().compareTo(right.toString()));
            return sorted;
        }
    }

    /** Behaviour for a stage whose codecs alone are wanted. */
    private static final class Idle implements EventSourced<String, String, byte[], PartialMatches> {
        @Override
        public PartialMatches initial(String key) {
            return PartialMatches.NONE;
        }

        @Override
        public Effect<byte[], PartialMatches> decide(PartialMatches state, String command, Context<String> context) {
            return none();
        }

        @Override
        public PartialMatches evolve(PartialMatches state, byte[] event) {
            return state;
        }
    }

    @Provide
    static Arbitrary<MarkedAutomaton> automata() {
        return KernelNaiveTest.automata();
    }

    @Provide
    static Arbitrary<Horizon> horizons() {
        return KernelNaiveTest.horizons();
    }

    @Provide
    static Arbitrary<List<Arrived>> streams() {
        return Arbitraries.frequencyOf(
                Tuple.of(4, KernelNaiveTest.streams()), Tuple.of(1, KernelNaiveTest.longStreams()));
    }
}
