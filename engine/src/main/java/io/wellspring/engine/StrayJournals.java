package io.wellspring.engine;

import io.wellspring.api.port.Node;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Journals that belong to no stage of the pipeline: most likely a stage was renamed, and left its state behind. Only a warning, since the names of
 * pipelines and stages may both hold hyphens, so that such a topic may also be another pipeline's.
 */
final class StrayJournals {
    private static final Logger LOG = LoggerFactory.getLogger(StrayJournals.class);
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final int MOST_NAMED = 10;

    private StrayJournals() {}

    /** Looks for them once, and warns. Without the rights, or an answer, nothing is said: no start hangs on this. */
    static void warn(Admin admin, Topology topology, Duration startTimeout) {
        Duration bound = startTimeout.compareTo(LONGEST) < 0 ? startTimeout : LONGEST;
        try {
            Set<String> stray =
                    among(admin.listTopics().names().get(bound.toMillis(), TimeUnit.MILLISECONDS), topology);
            if (!stray.isEmpty()) {
                LOG.warn("{}", words(stray, topology.pipeline()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException unseen) {
            LOG.debug("topics were not listed, so journals without a stage were not looked for: {}", unseen.toString());
        }
    }

    /** Those among the topics of a cluster. */
    static Set<String> among(Set<String> topics, Topology topology) {
        Set<String> own = new TreeSet<>();
        for (Node node : topology.graph().nodes()) {
            if (node instanceof Node.Stateful stage) {
                own.add(Topology.journalTopic(topology.graph(), stage));
            }
        }
        String before = topology.pipeline() + "-";
        Set<String> stray = new TreeSet<>();
        for (String topic : topics) {
            boolean journal = topic.startsWith(before)
                    && topic.endsWith(Topology.JOURNAL)
                    && topic.length() > before.length() + Topology.JOURNAL.length();
            if (journal && !own.contains(topic) && !topology.externalTopics().contains(topic)) {
                stray.add(topic);
            }
        }
        return stray;
    }

    static String words(Set<String> stray, String pipeline) {
        String named = String.join(", ", stray.stream().limit(MOST_NAMED).toList());
        String more = stray.size() > MOST_NAMED ? " and " + (stray.size() - MOST_NAMED) + " more" : "";
        return "Journals that belong to no stage of pipeline " + pipeline + ": " + named + more
                + ". A stage that was renamed starts without state and leaves its journal behind: give the stage its old name back,"
                + " or delete the topic when its events are not needed any more. Nothing is to be done where the topic is of another"
                + " pipeline, whose name begins with " + pipeline + "-";
    }
}
