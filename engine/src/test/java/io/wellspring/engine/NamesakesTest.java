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
    void aTaskThatWaitsToBeTriedAgainGoesWithThePlace() {
        SimulatedLedger two = new SimulatedLedger(2);
        SimulatedLedger.Running leader = two.start(new SimDisk("leader"));
        leader.untilRunning();
        SimDisk disk = new SimDisk("disk");
        SimulatedLedger.Running engine = two.start(disk);
        disk.takeAway();
        engine.until(() -> {
            leader.step();
            return engine.status().stream().anyMatch(TaskStatus.Waiting.class::isInstance);
        });
        two.start(disk(2)).step();
        two.start(new SimDisk("third")).step();
        leader.step(); // joins anew, and has to assign, but does not go on

        disk.bringBack();
        for (int step = 0; step < 500; step++) {
            engine.step();
        }

        assertThat(two.kafka.trace(3)).anyMatch(line -> line.contains("led by ledger-leader"));
        assertThat(engine.status()).as("what the group has not given out").isEmpty();
    }

    @Test
    void aWorkerThatIsFencedAsItJoinsComesBackAsAnotherMember() {
        SimulatedLedger.Running engine = ledger.start(disk(1));
        command(1);
        engine.until(this::settled);
        SimulatedLedger.Running second = ledger.start(new SimDisk("second"));
        joinAll(engine, second);
        SimulatedLedger.Running third = ledger.start(new SimDisk("third"));
        third.step();
        engine.step(); // joins anew, and has to wait for the second
        SimulatedLedger.Running mistake = ledger.start(disk(2));
        mistake.step();
        mistake.crash();
        command(2);
        engine.until(() -> {
            second.step();
            third.step();
            return settled();
        });

        assertThat(ledger.kafka.trace(1_000))
                .filteredOn(line -> line.contains("is fenced as it joins"))
                .hasSize(1);
        assertThat(ledger.notices()).isEqualTo(expected);
    }

    @Test
    void aWorkerThatBrokersForgetTwiceWithinAMinuteTakesNobodyForItsDouble() {
        SimulatedLedger.Running before = ledger.start(disk(1));
        command(1);
        before.until(this::settled);
        before.crash();
        SimulatedLedger.Running engine = ledger.start(disk(2));
        command(2);
        engine.until(this::settled);
        long beganMillis = ledger.clock.millis();

        for (int loss = 1; loss <= 3; loss++) {
            ledger.kafka.forgetLastJoining("ledger", "ledger-disk-0");
            command(10);
            engine.until(this::settled);
        }

        assertThat(ledger.clock.millis() - beganMillis).as("ms").isLessThan(60_000);
        assertThat(ledger.notices()).isEqualTo(expected);
    }

    @Test
    void aWorkerWhoseProducerIsFencedTwiceWithinAMinuteTakesNobodyForItsDouble() throws Exception {
        SimulatedLedger.Running engine = ledger.start(disk(1));
        command(1);
        engine.until(this::settled);
        long beganMillis = ledger.clock.millis();

        for (int fencing = 1; fencing <= 3; fencing++) {
            ledger.kafka
                    .admin(Map.of())
                    .fenceProducers(List.of("ledger-disk-0"))
                    .all()
                    .get();
            command(10);
            engine.until(this::settled);
        }

        assertThat(ledger.clock.millis() - beganMillis).as("ms").isLessThan(60_000);
        assertThat(ledger.notices()).isEqualTo(expected);
    }

    @Test
    void whatFencesWithoutAnEndStopsTheWorkerAlthoughItDoesNotShow() {
        SimulatedLedger.Running before = ledger.start(disk(1));
        command(1);
        before.until(this::settled);
        before.crash();
        SimulatedLedger.Running engine = ledger.start(disk(2));
        command(2);
        engine.until(this::settled);

        Throwable end = catchThrowable(() -> {
            for (int loss = 0; loss <= Fencings.MOST; loss++) {
                ledger.kafka.forgetLastJoining("ledger", "ledger-disk-0");
                command(10);
                engine.until(this::settled);
            }
        });

        assertThat(end)
                .isInstanceOf(FencedException.class)
                .hasMessageContaining(
                        "Worker ledger-disk-0 was fenced more than 20 times within a minute, but no other process was seen");
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

    private static void joinAll(SimulatedLedger.Running... engines) {
        for (int round = 0; round < 50; round++) {
            for (SimulatedLedger.Running engine : engines) {
                engine.step();
            }
        }
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
