package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.testkit.sim.SimDisk;
import org.junit.jupiter.api.Test;

/** An owner that dies between the two rounds of a rebalance and is back before its session ends. */
class UnownedTasksTest {
    private static final int TASKS = 4;
    private static final int MOST_COMMANDS = 1_000;

    private final SimulatedLedger ledger = new SimulatedLedger(TASKS);
    private int commands;

    @Test
    void aTaskThatWasWithheldFindsAnOwnerWhenTheOldOneDiesAsItGivesItBack() {
        SimDisk disk = new SimDisk("disk");
        SimulatedLedger.Running owner = ledger.start(disk);
        ledger.commands(1);
        commands++;
        owner.until(() -> ledger.notices().size() == TASKS);
        SimulatedLedger.Running newcomer = ledger.start(new SimDisk("newcomer"));
        dieBeforeTheSecondRound(owner, newcomer);

        SimulatedLedger.Running back = ledger.start(disk);
        long soonMillis = ledger.clock.millis() + 5_000;
        while (ledger.clock.millis() < soonMillis) {
            back.step();
            newcomer.step();
        }
        assertThat(ledger.owned())
                .as("tasks with an owner, once all have joined")
                .isEqualTo(TASKS / 2);

        back.until(() -> {
            newcomer.step();
            return ledger.notices().size() == TASKS * commands;
        });
        assertThat(ledger.owned()).as("tasks with an owner").isEqualTo(TASKS);
    }

    private void dieBeforeTheSecondRound(SimulatedLedger.Running owner, SimulatedLedger.Running newcomer) {
        ledger.beforeRevoked = () -> {
            throw new Death();
        };
        assertThatThrownBy(() -> {
                    while (commands < MOST_COMMANDS) {
                        ledger.commands(1);
                        commands++;
                        owner.step();
                        newcomer.step();
                    }
                })
                .isInstanceOf(Death.class);
        ledger.beforeRevoked = () -> {};
        owner.crash();
    }

    /** The end of a process, as its code would see it. */
    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;
    }
}
