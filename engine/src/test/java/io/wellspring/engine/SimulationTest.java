package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.engine.ShopPart.Feature;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Seeds are counted from {@code wellspring.simulation.from}; {@code mvn -q -pl engine -am verify -Psimulate -Dseeds=N -Dfrom=S} runs others. */
class SimulationTest {
    private static final long SEEDS = Long.getLong("wellspring.simulation.seeds", 300);
    private static final long ENOUGH_SEEDS = 300;
    private static final long FROM = Long.getLong("wellspring.simulation.from", 1);

    @Test
    void everySeedGivesWhatOneUninterruptedRunGives() {
        Map<Feature, Integer> happened = new EnumMap<>(Feature.class);
        Map<Feature, Integer> crashed = new EnumMap<>(Feature.class);
        Map<Simulation.Way, Integer> ways = new EnumMap<>(Simulation.Way.class);
        for (long seed = FROM; seed < FROM + SEEDS; seed++) {
            Simulation.Run run = Simulation.run(seed, Sabotage.NONE);
            run.happened().forEach(feature -> happened.merge(feature, 1, Integer::sum));
            run.crashed().forEach(feature -> crashed.merge(feature, 1, Integer::sum));
            run.ways().forEach(way -> ways.merge(way, 1, Integer::sum));
        }
        if (SEEDS >= ENOUGH_SEEDS) {
            assertThat(happened.keySet()).containsExactlyInAnyOrder(Feature.values());
            assertThat(happened.values()).as("seeds with each of %s", happened).allMatch(seeds -> seeds >= 20);
            assertThat(crashed.keySet()).containsExactlyInAnyOrder(Feature.values());
            assertThat(crashed.values())
                    .as("seeds with a crash in the middle of each of %s", crashed)
                    .allMatch(seeds -> seeds >= 5);
            assertThat(ways.keySet()).containsExactlyInAnyOrder(Simulation.Way.values());
            assertThat(ways.values())
                    .as("seeds with a task that came back by %s", ways)
                    .allMatch(seeds -> seeds >= 5);
        }
    }

    @Test
    void givesTheSameRunForTheSameSeed() {
        for (long seed = FROM; seed < FROM + 10; seed++) {
            List<String> first = Simulation.run(seed, Sabotage.NONE).trace();
            List<String> second = Simulation.run(seed, Sabotage.NONE).trace();

            assertThat(first).hasSizeGreaterThan(100);
            assertThat(firstDifference(first, second)).as("seed %d", seed).isEmpty();
        }
    }

    private static Optional<String> firstDifference(List<String> first, List<String> second) {
        for (int line = 0; line < Math.min(first.size(), second.size()); line++) {
            if (!first.get(line).equals(second.get(line))) {
                return Optional.of(String.join("\n", first.subList(Math.max(0, line - 5), line)) + "\n  once: "
                        + first.get(line) + "\n  then: " + second.get(line));
            }
        }
        return first.size() == second.size() ? Optional.empty() : Optional.of("one goes on");
    }
}
