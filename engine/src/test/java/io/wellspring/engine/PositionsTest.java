package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.wellspring.api.error.ConfigException;
import io.wellspring.testkit.sim.SimDisk;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** What a worker asks its consumer where the cluster is slow, or away, or refuses. */
class PositionsTest {
    private final SimulatedLedger ledger = new SimulatedLedger(4);
    private Set<TopicPartition> underWay = Set.of();

    @Test
    void tasksRecoverWhereAnAnswerTakesLongerThanACall() {
        ledger.beforeCommitted = asked -> {
            boolean repeated = underWay.equals(Set.copyOf(asked));
            underWay = Set.copyOf(asked); // the client forgets the question before
            if (!repeated) {
                throw new TimeoutException("no answer yet");
            }
        };
        SimulatedLedger.Running engine = ledger.start(new SimDisk("disk"));
        ledger.commands(1);

        engine.until(() -> ledger.notices().size() == 4);
    }

    @Test
    void aTaskWhoseOffsetsAreNotToldDoesNotHoldUpTheOthers() {
        TopicPartition untold = new TopicPartition(SimulatedLedger.COMMANDS.topic(), 0);
        ledger.beforeCommitted = asked -> {
            if (asked.contains(untold)) {
                throw new TimeoutException("a transaction is under way");
            }
        };
        SimulatedLedger.Running engine = ledger.start(new SimDisk("disk"));
        ledger.commands(1);

        engine.until(() -> ledger.notices().size() == 3);
        ledger.beforeCommitted = asked -> {};
        engine.until(() -> ledger.notices().size() == 4);
    }

    @Test
    void aCommitDoesNotWaitForAPositionThatIsBeingCompared() {
        SimulatedLedger.Running engine = ledger.start(
                new SimDisk("disk"),
                config -> config.commitGap(Duration.ofSeconds(1)).commitInterval(Duration.ofSeconds(2)));
        ledger.commands(1);
        engine.until(() -> ledger.notices().size() == 4);
        long begun = ledger.kafka.highWatermark(SimulatedLedger.JOURNAL);
        ledger.commands(1);
        while (ledger.kafka.highWatermark(SimulatedLedger.JOURNAL) == begun) {
            engine.step(); // reads them, and has not committed them yet
        }
        ledger.kafka.elect(SimulatedLedger.COMMANDS);
        ledger.kafka.away(Duration.ofSeconds(20));

        engine.until(() -> ledger.notices().size() == 8);
    }

    @Test
    void whatEndsAWorkerInACallbackIsSaidAsEverywhere() {
        SimulatedLedger.Running engine = ledger.start(new SimDisk("disk"));
        ledger.commands(1);
        engine.until(() -> ledger.notices().size() == 4);
        SimulatedLedger.Running other = ledger.start(new SimDisk("other"));
        ledger.beforeRevoked = () -> {
            throw new ConfigException("Worker ledger-disk-0 cannot commit");
        };

        Throwable end = null;
        for (int round = 0; end == null && round < 1_000; round++) {
            ledger.commands(1);
            end = catchThrowable(engine::step);
            other.step();
        }

        assertThat(end).isInstanceOf(ConfigException.class).hasMessage("Worker ledger-disk-0 cannot commit");
    }
}
