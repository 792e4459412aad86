package io.wellspring.engine;

import io.wellspring.journal.RepartitionPurger;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Has repartition topics purged of what is done, as nobody but the pipeline reads them: up to the positions whose commit has returned, never beyond. What
 * is open, refused or in doubt does not count, so any recovery finds what it needs. Confined to the worker's thread, and never waits.
 */
final class RepartitionPurge {
    static final Duration EVERY = Duration.ofSeconds(30);

    private final RepartitionPurger purger;
    private long purgedNanos;

    RepartitionPurge(RepartitionPurger purger, long nowNanos) {
        this.purger = purger;
        this.purgedNanos = nowNanos;
    }

    void take(Collection<OwnedTask> tasks, long nowNanos) {
        if (nowNanos - purgedNanos < EVERY.toNanos()) {
            return;
        }
        purgedNanos = nowNanos;
        Map<TopicPartition, Long> done = new HashMap<>();
        for (OwnedTask task : tasks) {
            if (task.running()) {
                done.putAll(task.committedRepartitions());
            }
        }
        purger.purge(done);
    }
}
