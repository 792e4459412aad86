package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.codec.Codecs;
import io.wellspring.testkit.sim.SimDisk;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A task that recovers while another one of its worker has a commit under way. */
class ReplayMeanwhileTest {
    private static final int EVENTS = 60_000;
    private static final TopicPartition BUSY = new TopicPartition(SimulatedLedger.COMMANDS.topic(), 1);

    private final SimulatedLedger ledger = new SimulatedLedger(2);
    private boolean unanswered;

    @BeforeEach
    void aLongJournalOfOneTaskAndAnEmptyOneOfTheOther() {
        for (int event = 0; event < EVENTS; event++) {
            ledger.kafka.load(
                    BUSY, ("account" + event).getBytes(UTF_8), Codecs.int64().encode(1L), ledger.clock.millis());
        }
        SimulatedLedger.Running first = ledger.start(new SimDisk("first"));
        first.until(() -> ledger.notices().size() == EVENTS);
        first.close();
        ledger.aroundProducers = call -> {
            if (unanswered && call.is("commitTransaction")) {
                throw new TimeoutException("no answer yet");
            }
            return call.make();
        };
        unanswered = true;
        ledger.command("alice", 5);
    }

    @Test
    void goesOn() {
        SimulatedLedger.Running second = startUntilCommitting(config -> config);
        long before = recovering(second).at();
        second.until(() -> recovering(second).at() >= EVENTS);

        assertThat(before).as("it was not through before the commit began").isLessThan(EVENTS);
        assertThat(ledger.notices()).as("the commit is still under way").hasSize(EVENTS);
        unanswered = false;
        second.until(
                () -> ledger.notices().size() == EVENTS + 1 && second.status().get(1) instanceof TaskStatus.Running);
    }

    /** None is taken while a commit is under way, and it bounds what a replay holds in memory. */
    @Test
    void restsBeforeASnapshotThatIsDue() {
        SimulatedLedger.Running second = startUntilCommitting(config -> config.snapshotStates(15_000));
        for (int step = 0; step < 200; step++) {
            second.step();
        }

        assertThat(recovering(second).at()).isBetween(10_000L, 40_000L);
        unanswered = false;
        second.until(
                () -> ledger.notices().size() == EVENTS + 1 && second.status().get(1) instanceof TaskStatus.Running);
    }

    private SimulatedLedger.Running startUntilCommitting(UnaryOperator<EngineConfig> chosen) {
        SimulatedLedger.Running second = ledger.start(new SimDisk("second"), chosen);
        second.until(() -> ledger.kafka.trace(1).get(0).contains("sends offsets"));
        return second;
    }

    private static TaskStatus.Recovering recovering(SimulatedLedger.Running engine) {
        return (TaskStatus.Recovering) engine.status().get(1);
    }
}
