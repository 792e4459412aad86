package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.wellspring.api.error.FencedException;
import io.wellspring.testkit.sim.SimDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two engines with one identity (windows 28 and 42 of the failure page), and an owner that wakes too late (window 4). */
class NamesakesTest {
    private final SimulatedLedger ledger = new SimulatedLedger();
    private final List<String> expected = new ArrayList<>();
    private long sum;

    @Test
    void theFirstToBeFencedTwiceStopsAndNamesTheOther() {
        SimulatedLedger.Running original = ledger.start(disk(1));
        command(1);
        original.until(this::settled);

        SimulatedLedger.Running copy = ledger.start(disk(2));
        Throwable end = null;
        for (int round = 0; end == null && round < 20_000; round++) {
            if (round % 20 == 0 && settled()) {
                command(2);
            }
            end = catchThrowable(original::step);
            copy.step();
        }

        assertThat(end)
                .isInstanceOf(FencedException.class)
                .hasMessageContaining("Worker ledger-disk-0 was fenced twice within a minute")
                .hasMessageContaining("This engine, disk.disk.1, stops")
                .hasMessageContaining("The place in the group is held by member ");
        original.crash();
        command(3);
        copy.until(this::settled);
        assertThat(ledger.notices()).isEqualTo(expected);
    }

    @Test
    void theOtherIsNamedByItsCommits() {
        SimulatedLedger.Running original = ledger.start(disk(1));
        command(1);
        original.until(this::settled);
        SimulatedLedger.Running copy = ledger.start(disk(2));
        command(2);
        copy.until(this::settled); // while the original stands still
        SimulatedLedger.Running third = ledger.start(disk(3));
        Throwable end = null;
        for (int round = 0; end == null && round < 20_000; round++) {
            end = catchThrowable(original::step);
            third.step();
        }

        assertThat(end).isInstanceOf(FencedException.class).hasMessageContaining("It commits as disk.disk.2");
    }

    @Test
    void theOneThatWasThereBeforeIsNamedToo() {
        SimulatedLedger.Running original = ledger.start(disk(1));
        command(1);
        original.until(this::settled);
        Namesakes copy = Namesakes.look(ledger.kafka.admin(Map.of()), "ledger", "disk");
        assertThat(copy.described("ledger-disk-0", "disk.disk.2"))
                .contains("committed nothing since this engine started; before, disk.disk.1 (instance");
        command(2);
        original.until(this::settled);
        assertThat(copy.described("ledger-disk-0", "disk.disk.2"))
                .contains("It commits as disk.disk.1 (instance, host, process).", "held by member ");
    }

    @Test
    void oneFencingIsSurvived() {
        SimulatedLedger.Running engine = ledger.start(disk(1));
        command(1);
        engine.until(this::settled);

        SimulatedLedger.Running mistake = ledger.start(disk(2));
        command(2);
        mistake.until(this::settled);
        mistake.crash();
        command(3);
        engine.until(this::settled);

        assertThat(ledger.notices()).isEqualTo(expected);
    }

    @Test
    void anOwnerThatWakesAfterItsPartitionsMovedJoinsAgain() {
        SimulatedLedger.Running owner = ledger.start(disk(1));
        command(1);
        owner.until(this::settled);
        command(2);
        owner.step();
        owner.stall();
        ledger.clock.advance(Duration.ofMinutes(2));
        SimulatedLedger.Running heir = ledger.start(new SimDisk("heir"));
        heir.until(this::settled);
        owner.wake();

        for (int round = 0; round < 200; round++) {
            owner.step();
            heir.step();
        }
        heir.close();
        ledger.clock.advance(Duration.ofMinutes(2));
        command(3);
        owner.until(this::settled);

        assertThat(ledger.notices()).isEqualTo(expected);
    }

    private void command(long cents) {
        ledger.command("alice", cents);
        sum += cents;
        expected.add((expected.size() + 1) + ":" + sum);
    }

    private boolean settled() {
        return ledger.notices().size() == expected.size();
    }

    /** The same machine by its name, in its n-th start. */
    private static SimDisk disk(int start) {
        SimDisk disk = new SimDisk("disk");
        for (int before = 1; before < start; before++) {
            disk.startAnew();
        }
        return disk;
    }
}
