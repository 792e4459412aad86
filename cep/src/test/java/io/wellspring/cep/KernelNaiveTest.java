package io.wellspring.cep;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.cep.MarkedAutomaton.Edge;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/** The kernel beside {@link NaiveRuns} on random automata and streams; jqwik prints the seed and shrinks what fails. */
class KernelNaiveTest {
    private static final int PREDICATES = 3;
    private static final int MOST_RUNS = 3_000;
    private static final int LISTED_RUNS = 300;

    /** An event: its predicate bits, the time since the one before, and how far its position lies above that one's. */
    record Arrived(int bits, int millis, int positions) {}

    @Property(tries = 12_000, edgeCases = EdgeCasesMode.NONE)
    void findsTheMatchesOfEveryEventAndEachOnce(
            @ForAll("automata") MarkedAutomaton automaton,
            @ForAll("horizons") Horizon horizon,
            @ForAll("streams") List<Arrived> stream) {
        long matches = compare(automaton, horizon, stream, Determinised.Bounds.USUAL);
        Statistics.label("matches").collect(matches == 0 ? "none" : matches < 10 ? "1..9" : "10 and more");
    }

    @Property(tries = 3_000, edgeCases = EdgeCasesMode.NONE)
    void findsThemWithTablesThatAreEmptiedAllTheTime(
            @ForAll("automata") MarkedAutomaton automaton,
            @ForAll("horizons") Horizon horizon,
            @ForAll("streams") List<Arrived> stream) {
        compare(automaton, horizon, stream, new Determinised.Bounds(2, 2, 12));
    }

    /** Short windows over many events: segments are dropped and recycled all along. */
    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void findsThemInLongStreams(
            @ForAll("automata") MarkedAutomaton automaton,
            @ForAll("shortHorizons") Horizon horizon,
            @ForAll("longStreams") List<Arrived> stream) {
        compare(automaton, horizon, stream, Determinised.Bounds.USUAL);
    }

    private static long compare(
            MarkedAutomaton automaton, Horizon horizon, List<Arrived> stream, Determinised.Bounds bounds) {
        var naive = new NaiveRuns(automaton, horizon);
        var kernel = new Kernel(automaton, horizon, bounds);
        KeyPartials key = kernel.newKey();
        long position = -1;
        long timeMillis = 1_000;
        long matches = 0;
        for (Arrived event : stream) {
            position += event.positions();
            timeMillis += event.millis();
            Set<List<NaiveRuns.Taken>> expected = naive.step(event.bits(), position, timeMillis);
            // Bits that are not tested are told wrongly: they must not matter.
            long tested = kernel.tested(key);
            kernel.step(key, (event.bits() & tested) | (~event.bits() & ~tested), position, timeMillis);
            List<List<NaiveRuns.Taken>> found = matches(kernel);
            assertThat(found).doesNotHaveDuplicates().hasSameSizeAs(expected);
            assertThat(Set.copyOf(found)).isEqualTo(expected);
            assertThat(kernel.completed().count()).isEqualTo(expected.size());
            new ArenaChecks(key).check(naive.size() <= LISTED_RUNS);
            matches += found.size();
            if (naive.size() > MOST_RUNS) {
                break;
            }
        }
        return matches;
    }

    static List<List<NaiveRuns.Taken>> matches(Kernel kernel) {
        var found = new ArrayList<List<NaiveRuns.Taken>>();
        kernel.completed().forEach(Long.MAX_VALUE, match -> found.add(ArenaChecks.taken(match)));
        return found;
    }

    @Provide
    static Arbitrary<MarkedAutomaton> automata() {
        return Arbitraries.integers()
                .between(2, 5)
                .flatMap(states -> Combinators.combine(
                                edges(states).list().ofMinSize(2 * states).ofMaxSize(4 * states),
                                Arbitraries.integers()
                                        .between(0, states - 1)
                                        .set()
                                        .ofMinSize(1)
                                        .ofMaxSize(2),
                                Arbitraries.integers()
                                        .between(0, states - 1)
                                        .set()
                                        .ofMinSize(1)
                                        .ofMaxSize(2))
                        .as((edges, starts, finals) -> new MarkedAutomaton(states, edges, bits(starts), bits(finals))));
    }

    private static Arbitrary<Edge> edges(int states) {
        Arbitrary<Integer> state = Arbitraries.integers().between(0, states - 1);
        Arbitrary<Integer> bits = Arbitraries.integers().between(0, (1 << PREDICATES) - 1);
        Arbitrary<Integer> masks = Arbitraries.of(0, 1, 2, 4, 3, 5, 6);
        return Combinators.combine(state, masks, bits, Arbitraries.integers().between(0, 2), state)
                .as((from, mask, expected, mark, to) -> new Edge(from, mask, expected & mask, mark, to));
    }

    @Provide
    static Arbitrary<Horizon> horizons() {
        Arbitrary<Integer> sizes = Arbitraries.integers().between(1, 12);
        return Arbitraries.oneOf(
                Arbitraries.just(new Horizon.Unbounded()),
                sizes.map(Horizon.Millis::new),
                sizes.map(Horizon.Events::new));
    }

    @Provide
    static Arbitrary<Horizon> shortHorizons() {
        Arbitrary<Integer> sizes = Arbitraries.integers().between(2, 7);
        return Arbitraries.oneOf(sizes.map(Horizon.Millis::new), sizes.map(Horizon.Events::new));
    }

    @Provide
    static Arbitrary<List<Arrived>> streams() {
        return events().list().ofMaxSize(14);
    }

    @Provide
    static Arbitrary<List<Arrived>> longStreams() {
        return events().list().ofMinSize(100).ofMaxSize(200);
    }

    private static Arbitrary<Arrived> events() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, (1 << PREDICATES) - 1),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(1, 2))
                .as(Arrived::new);
    }

    private static BitSet bits(Set<Integer> numbers) {
        var bits = new BitSet();
        numbers.forEach(bits::set);
        return bits;
    }
}
