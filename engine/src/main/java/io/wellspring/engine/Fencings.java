package io.wellspring.engine;

import io.wellspring.api.error.FencedException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often a worker was fenced, in one of the ways in which it can be, and when it stops instead of coming back: at the second time within a minute, if
 * another process has come to its place in the group since the first. So two engines with one identity do not fence each other for ever, and a
 * worker without a double comes back however often brokers forget it. Confined to the worker's thread.
 */
final class Fencings {
    private static final Logger LOG = LoggerFactory.getLogger(Fencings.class);
    private static final Duration WINDOW = Duration.ofMinutes(1);

    /** Where nobody shows, it stops all the same some time: what fences it may not let itself be seen. */
    static final int MOST = 20;

    private final WorkerSetup setup;
    private final Faults again = new Faults(1, WINDOW);
    private final Faults many = new Faults(MOST, WINDOW);

    Fencings(WorkerSetup setup) {
        this.setup = setup;
    }

    /**
     * Counts one; asks the cluster who has the worker's place, and waits for the answer.
     *
     * @throws FencedException when the worker is not to come back
     */
    void count(Throwable cause) {
        long now = setup.nanos().getAsLong();
        boolean isAgain = again.tooMany(now);
        boolean isTooOften = many.tooMany(now);
        // Asked at the first one too: who is seen then is no newcomer at the second.
        boolean newcomer = setup.engine().namesakes().newcomerHolds(setup.id());
        if (isAgain && newcomer) {
            throw setup.fencedTwice(cause);
        }
        if (isTooOften) {
            throw setup.fencedTooOften(cause);
        }
        if (isAgain) {
            LOG.warn(
                    "worker {} was fenced again within a minute, but no other process has come to its place in the group: it comes back",
                    setup.number());
        }
    }
}
