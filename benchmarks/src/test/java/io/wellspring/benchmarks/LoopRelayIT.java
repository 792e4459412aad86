package io.wellspring.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way of one contestant through the harness, small. Its figures mean nothing, so none is compared. */
class LoopRelayIT {
    private static final InputPlan PLAN = new InputPlan(20_000, 500, 42);
    private static KafkaBroker broker;

    @TempDir
    private Path directory;

    @BeforeAll
    static void writeInput() {
        broker = EmbeddedKafka.ownJvm();
        try (BenchmarkTopics topics = new BenchmarkTopics(broker.bootstrapServers())) {
            topics.produceInput(PLAN);
        }
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void measuresARunWhoseOutputsAreRight() {
        Rounds rounds = rounds();
        rounds.run(Workload.RELAY, Contestants.of(Workload.RELAY, List.of("loop")), 1);

        assertThat(rounds.failures()).isEmpty();
        assertThat(rounds.runs()).extracting(Run::round).containsExactly(0, 1);
        assertThat(rounds.runs())
                .allSatisfy(
                        run -> assertThat(run.figures().cpuSecondsPerMillion()).isPositive());
    }

    @Test
    void answersEachInputOnceWithTwoProducersInTurn() {
        Rounds rounds = rounds();
        rounds.run(Workload.RELAY, Contestants.of(Workload.RELAY, List.of("loop-pair")), 1);

        assertThat(rounds.failures()).isEmpty();
    }

    @Test
    void reportsAContestantThatCannotStart() {
        Rounds rounds = rounds();
        rounds.run(Workload.LEDGER, Contestants.of(Workload.RELAY, List.of("loop")), 1);

        assertThat(rounds.runs()).isEmpty();
        assertThat(rounds.failures())
                .hasSize(2)
                .allSatisfy(
                        failure -> assertThat(failure).contains("it ended before it said READY", "cannot run ledger"));
    }

    private Rounds rounds() {
        Launcher launcher = new Launcher(List.of("-Xmx256m"), Launcher.defaultStreamsJar());
        return new Rounds(new Bench(broker.bootstrapServers(), launcher, PLAN, 1, List.of(), directory, System.out));
    }
}
