package io.wellspring.journal;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.error.WellspringException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Waits for answers of the admin client with a bound, and turns what goes wrong with any request into an error of ours. Refusals that
 * mean something else for each request (a topic is missing or exists, a right is missing) stay Kafka's exceptions.
 *
 * @param cluster the bootstrap servers, for messages
 * @param bound the longest wait for one request
 */
record ClusterAnswers(String cluster, Duration bound) {
    ClusterAnswers {
        if (bound.isZero() || bound.isNegative() || bound.toMillis() > Integer.MAX_VALUE) {
            throw new ConfigException(
                    "the bound of cluster requests is " + bound + "; it has to lie between 1 ms and 24 days");
        }
    }

    int boundMillis() {
        return Math.max(1, Math.toIntExact(bound.toMillis()));
    }

    /**
     * Waits.
     *
     * @param answer the answer
     * @param asked what was asked for, as the end of "no answer to ..."
     * @throws KafkaException the refusals that only the caller can judge
     */
    <T> T await(KafkaFuture<T> answer, String asked) {
        try {
            return answer.get(boundMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw unanswered(asked, e);
        } catch (ExecutionException e) {
            throw judged(e.getCause(), asked);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetryableException("interrupted while waiting for " + asked + " at " + cluster, e);
        }
    }

    /** The exception to throw for a failed answer: one of ours, or Kafka's own when only the caller can judge it. */
    RuntimeException judged(Throwable refusal, String asked) {
        if (refusal instanceof UnknownTopicOrPartitionException unknown) {
            return unknown;
        }
        if (refusal instanceof RetriableException) {
            return unanswered(asked, refusal);
        }
        if (refusal instanceof AuthenticationException) {
            return new ConfigException(
                    "the cluster at " + cluster + " refuses this client: " + refusal.getMessage()
                            + "; correct the security settings of the client properties",
                    refusal);
        }
        return refusal instanceof KafkaException kafka ? kafka : new KafkaException(refusal);
    }

    /** The error for a refusal that no caller expects. */
    WellspringException unexpected(RuntimeException refusal, String asked) {
        return refusal instanceof WellspringException ours
                ? ours
                : new ConfigException(
                        "the cluster at " + cluster + " refuses " + asked + ": " + refusal.getMessage(), refusal);
    }

    private RetryableException unanswered(String asked, Throwable cause) {
        return new RetryableException(
                "no answer to " + asked + " from " + cluster + " within " + bound.toMillis() + " ms"
                        + (cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")")
                        + ": is the broker up and reachable, and are bootstrap.servers and the security settings right?",
                cause);
    }
}
