package io.wellspring.engine;

import io.wellspring.api.error.ConfigException;
import io.wellspring.engine.TaskGroup.Input;
import io.wellspring.engine.TaskGroup.StagePlan;
import io.wellspring.journal.JournalTopics;
import io.wellspring.journal.TopicFacts;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a pipeline against a cluster before anything runs: users' topics must exist and fit, the engine's own are made or checked.
 */
final class Startup {
    private static final Logger LOG = LoggerFactory.getLogger(Startup.class);

    private final Topology topology;
    private final JournalTopics journals;
    private final Map<String, TopicFacts> facts = new HashMap<>();

    private Startup(Topology topology, JournalTopics journals) {
        this.topology = topology;
        this.journals = journals;
    }

    /**
     * Checks and makes topics.
     *
     * @throws ConfigException when a topic is missing or does not fit
     */
    static Cluster check(Topology topology, JournalTopics journals) {
        var startup = new Startup(topology, journals);
        startup.facts.putAll(journals.describe(topology.externalTopics()));
        // All are held against each other before any topic is made: a pipeline that does not fit leaves nothing behind.
        Map<TaskGroup, Integer> partitions = new LinkedHashMap<>();
        topology.groups().forEach(group -> partitions.put(group, startup.partitionsOf(group)));
        partitions.forEach(startup::ensure);
        return new Cluster(topology, Map.copyOf(startup.facts));
    }

    private void ensure(TaskGroup group, int partitions) {
        for (Input input : group.inputs()) {
            if (input.internal()) {
                facts.put(input.topic(), journals.ensureRepartition(input.topic(), partitions));
            }
        }
        for (StagePlan stage : group.stages()) {
            facts.put(stage.journal(), journals.ensureJournal(stage.journal(), partitions));
        }
        LOG.debug("group {} has {} partitions", group.number(), partitions);
    }

    private int partitionsOf(TaskGroup group) {
        Input first = null;
        for (Input input : group.inputs()) {
            if (!input.internal()) {
                if (first == null) {
                    first = input;
                }
                int expected = facts.get(first.topic()).partitions();
                int found = facts.get(input.topic()).partitions();
                if (found != expected) {
                    throw new ConfigException("Topics " + first.topic() + " (" + expected + " partitions) and "
                            + input.topic() + " (" + found + ") of pipeline " + topology.pipeline()
                            + " meet in one task, so they need the same number of partitions. Recreate one of them, or rekey its"
                            + " stream");
                }
            }
        }
        if (first != null) {
            return facts.get(first.topic()).partitions();
        }
        // Behind a repartition topic only: as wide as the widest source, so that no step is a bottleneck.
        return topology.groups().stream()
                .flatMap(each -> each.inputs().stream())
                .filter(input -> !input.internal())
                .mapToInt(input -> facts.get(input.topic()).partitions())
                .max()
                .orElseThrow();
    }
}
