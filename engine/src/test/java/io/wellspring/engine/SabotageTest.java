package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What a simulation is worth: an engine that makes one of the mistakes that the invariants exclude is found out. */
class SabotageTest {
    private static final long HARMLESS_SEEDS = 100;
    private static final long SEEDS = 2_000;

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "TIMEOUT_TAKEN_FOR_ABORT")
    void theSimulationNoticesWhen(Sabotages mistake) {
        requireCaught(mistake);
    }

    @ParameterizedTest
    @EnumSource
    void theSimulationNoticesWhen(PartSabotages mistake) {
        requireCaught(mistake);
    }

    private static void requireCaught(Sabotage mistake) {
        OptionalLong caught = LongStream.rangeClosed(1, SEEDS)
                .filter(seed -> isCaught(seed, mistake))
                .findFirst();

        assertThat(caught).as("the first of %d seeds that notices", SEEDS).isPresent();
        Simulation.run(caught.getAsLong(), Sabotage.NONE); // nothing else was wrong
    }

    /** Not because the simulation could not see it: after what it takes for an abort, a task goes on from what the cluster says is committed. */
    @Test
    void aTimeoutThatIsTakenForAnAbortDoesNoHarm() {
        for (long seed = 1; seed <= HARMLESS_SEEDS; seed++) {
            Simulation.run(seed, Sabotages.TIMEOUT_TAKEN_FOR_ABORT);
        }
    }

    private static boolean isCaught(long seed, Sabotage mistake) {
        try {
            Simulation.run(seed, mistake);
            return false;
        } catch (AssertionError found) {
            return true;
        }
    }
}
