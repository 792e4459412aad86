package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Seeds are counted from {@code wellspring.simulation.from}; {@code mvn -q -pl engine -am verify -Psimulate -Dseeds=N -Dfrom=S} runs others. */
class SimulationTest {
    private static final long SEEDS = Long.getLong("wellspring.simulation.seeds", 300);
    private static final long FROM = Long.getLong("wellspring.simulation.from", 1);

    @Test
    void everySeedGivesWhatOneUninterruptedRunGives() {
        for (long seed = FROM; seed < FROM + SEEDS; seed++) {
            Simulation.run(seed, Sabotage.NONE);
        }
    }

    @Test
    void givesTheSameRunForTheSameSeed() {
        for (long seed = FROM; seed < FROM + 10; seed++) {
            List<String> first = Simulation.run(seed, Sabotage.NONE);
            List<String> second = Simulation.run(seed, Sabotage.NONE);

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
