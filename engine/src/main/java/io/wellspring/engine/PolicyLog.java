package io.wellspring.engine;

import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what policies did, at most one line a second for each task, so that a flood of bad records does not become a flood of lines. */
final class PolicyLog {
    private static final Logger LOG = LoggerFactory.getLogger("io.wellspring.engine.policy");
    private static final long QUIET_MILLIS = 1_000;

    private final Clock clock;
    private long lastMillis = Long.MIN_VALUE / 2;
    private long suppressed;

    PolicyLog(Clock clock) {
        this.clock = clock;
    }

    /** Says that the task rests, each time it comes to that. */
    void sayRests(NoRoomToPark why) {
        LOG.error("{}", why.getMessage());
    }

    void say(String did, TaskId task, Mishap mishap) {
        long now = clock.millis();
        if (now - lastMillis < QUIET_MILLIS) {
            suppressed++;
            return;
        }
        LOG.warn(
                "task {}: {} {}{}",
                task,
                did,
                mishap.passedOver(),
                suppressed == 0 ? "" : " (and " + suppressed + " more since the last line)");
        lastMillis = now;
        suppressed = 0;
    }
}
