package io.wellspring.cep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.CodecException;
import io.wellspring.cep.KernelNaiveTest.Arrived;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
            if (at % 3 == 0) {
                interrupted.key.release();
            }
            assertThat(interrupted.step(event)).isEqualTo(plain.step(event));
            new ArenaChecks(interrupted.key).check(false);
            if (plain.tooMany()) {
                return;
            }
        }
        interrupted.key.release();
        assertThat(interrupted.key.liveCount()).isEqualTo(plain.key.liveCount());
        assertThat(interrupted.key.arena().nodeCount() == 0).isEqualTo(interrupted.key.isEmpty());
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
        long before = PartialsCodec.endPart(replay.key);
        assertThat(before - PartialsCodec.firstPart(replay.key)).isGreaterThan(30);

        replay.feed(100);

        assertThat(PartialsCodec.endPart(replay.key) - before).isLessThanOrEqualTo(1);
        assertThat(PartialsCodec.root(replay.key).length).isLessThan(16 * SegmentPool.LARGEST);
    }

    @Test
    void aPartIsTheSameBytesAsLongAsItLives() {
        var replay = new Replay(Sequences.skipTillAny(3), new Horizon.Events(5_000));
        replay.feed(10_000);
        long number = PartialsCodec.endPart(replay.key) - 1;
        byte[] part = PartialsCodec.part(replay.key, number);

        replay.feed(1_000);

        assertThat(PartialsCodec.part(replay.key, number)).isEqualTo(part);
    }

    @Test
    void rootsAreVoidAfterARelease() {
        var replay = new Replay(Sequences.skipTillAny(3), new Horizon.Events(100));
        replay.feed(50);
        KeyRoot root = replay.key.save();
        replay.key.release();

        assertThatThrownBy(() -> replay.kernel.restore(replay.key, root))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("released");
    }

    @Test
    void aMissingPartAndBrokenBytesAreRefused() {
        var replay = new Replay(Sequences.skipTillAny(3), new Horizon.Events(5_000));
        replay.feed(5_000);
        byte[] root = PartialsCodec.root(replay.key);

        assertThatThrownBy(() -> PartialsCodec.read(replay.kernel, root, number -> null))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("is missing");
        assertThatThrownBy(() -> PartialsCodec.read(replay.kernel, root, number -> new byte[] {1, 7}))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("cannot be read");
    }

    @Property(tries = 3_000, edgeCases = EdgeCasesMode.NONE)
    void damagedBytesAreReadOrRefused(@ForAll Random random) {
        var replay = new Replay(Sequences.skipTillAny(3), new Horizon.Events(40));
        replay.feed(60);
        byte[] root = PartialsCodec.root(replay.key);
        Map<Long, byte[]> parts = new HashMap<>();
        for (long number = PartialsCodec.firstPart(replay.key); number < PartialsCodec.endPart(replay.key); number++) {
            parts.put(number, PartialsCodec.part(replay.key, number));
        }
        damage(root, random);
        parts.values().forEach(part -> damage(part, random));

        try {
            PartialsCodec.read(replay.kernel, root, parts::get);
        } catch (CodecException refused) {
            assertThat(refused).hasMessageContaining("a key's partial matches");
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
        private Kernel kernel;
        private KeyPartials key;
        private long position;
        private long timeMillis;
        private long matchCount;

        private Replay(MarkedAutomaton automaton, Horizon horizon) {
            this.automaton = automaton;
            this.horizon = horizon;
            this.kernel = new Kernel(automaton, horizon);
            this.key = kernel.newKey();
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
            kernel.restore(key, root);
            position = positionThen;
            timeMillis = timeThen;
        }

        /** Writes the parts that are new, and goes on with what is read back by another kernel. */
        private void rewrite(Map<Long, byte[]> parts) {
            parts.keySet().removeIf(number -> number < PartialsCodec.firstPart(key));
            for (long number = PartialsCodec.firstPart(key); number < PartialsCodec.endPart(key); number++) {
                parts.computeIfAbsent(number, part -> PartialsCodec.part(key, part));
            }
            byte[] root = PartialsCodec.root(key);
            kernel = new Kernel(automaton, horizon);
            key = PartialsCodec.read(kernel, root, parts::get);
            assertThat(PartialsCodec.root(key)).hasSameSizeAs(root);
        }

        private static List<List<NaiveRuns.Taken>> sorted(List<List<NaiveRuns.Taken>> matches) {
            var sorted = new ArrayList<>(matches);
            sorted.sort((left, right) -> left.toString().compareTo(right.toString()));
            return sorted;
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
