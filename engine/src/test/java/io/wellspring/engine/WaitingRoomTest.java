package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class WaitingRoomTest {
    private final WaitingRoom room = new WaitingRoom(1_000);

    @Test
    void givesTheFirstHalfToWhoeverNeedsIt() {
        assertThat(room.of(0, 0, 10)).isEqualTo(500);
        assertThat(room.of(300, 300, 10)).isEqualTo(500);
        assertThat(room.of(0, 300, 10)).isEqualTo(200);
    }

    @Test
    void leavesEachTaskItsPartOfTheSecondHalf() {
        assertThat(room.of(0, 500, 10)).isEqualTo(50);
        assertThat(room.of(20, 900, 10)).isEqualTo(50);
        assertThat(room.of(500, 900, 10)).as("it took more, and takes no more").isEqualTo(100);
    }

    @Test
    void isNeverTakenBeyondTheLimitHoweverTheyTake() {
        Random random = new Random(7);
        for (int run = 0; run < 200; run++) {
            long[] own = new long[1 + random.nextInt(12)];
            long all = 0;
            for (int turn = 0; turn < 300; turn++) {
                int task = random.nextInt(own.length);
                long wanted = random.nextInt(3) == 0 ? 0 : random.nextInt(1_200);
                long now = wanted <= own[task]
                        ? wanted
                        : Math.max(own[task], Math.min(wanted, room.of(own[task], all, own.length)));
                all += now - own[task];
                own[task] = now;
                assertThat(all).as("run %s, turn %s", run, turn).isLessThanOrEqualTo(1_000);
            }
        }
    }

    @Test
    void whatWaitsIsTakenFromTheBuffers() {
        assertThat(room.ofBuffer(0, 4)).isEqualTo(250);
        assertThat(room.ofBuffer(600, 4)).isEqualTo(100);
        assertThat(room.ofBuffer(1_100, 4)).isZero();
        assertThat(room.ofBuffer(0, 0)).isEqualTo(1_000);
    }
}
