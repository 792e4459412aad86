package io.wellspring.engine;

import io.wellspring.journal.StepOutcome;
import io.wellspring.journal.TransactionalProducer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what workers of an earlier start left open that this start does not have any more, since there are fewer workers now: initialising
 * their transactional ids aborts their transactions, or rolls a commit under way forward.
 */
final class RetiredIds {
    private static final Logger LOG = LoggerFactory.getLogger(RetiredIds.class);

    private RetiredIds() {}

    static void fence(Set<String> ids, EngineConfig config) {
        for (String id : ids) {
            // Runs on this thread: nothing has started yet.
            var producer =
                    TransactionalProducer.open(config.clients(), id, Map.of(), Set.of(), Runnable::run, config.clock());
            StepOutcome outcome;
            try {
                outcome = producer.initNow();
            } finally {
                producer.close(Duration.ZERO);
            }
            if (outcome instanceof StepOutcome.Failed failed) {
                LOG.warn(
                        "a transaction of the retired worker {} may stay open until its timeout: {}",
                        id,
                        failed.cause().toString());
            }
        }
    }
}
