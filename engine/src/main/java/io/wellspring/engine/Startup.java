package io.wellspring.engine;

import io.wellspring.api.error.ConfigException;
import io.wellspring.engine.TaskGroup.Input;
import io.wellspring.engine.TaskGroup.StagePlan;
import io.wellspring.journal.JournalTopics;
import io.wellspring.journal.TopicFacts;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
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
    private final Map<TaskGroup, Integer> partitions = new LinkedHashMap<>();

    private Startup(Topology topology, JournalTopics journals) {
        this.topology = topology;
        this.journals = journals;
    }

    /**
     * Checks what must exist; changes nothing.
     *
     * @throws ConfigException when a topic is missing or does not fit
     */
    static Startup check(Topology topology, JournalTopics journals) {
        var startup = new Startup(topology, journals);
        startup.facts.putAll(journals.describe(topology.externalTopics()));
        topology.groups().forEach(group -> startup.partitions.put(group, startup.partitionsOf(group)));
        startup.partitions.forEach((group, count) -> ParkingRules.check(topology, group, startup.facts::get, count));
        OptionalInt metadataMaxBytes = journals.offsetMetadataMaxBytes();
        topology.groups().forEach(group -> OffsetMetadataRules.check(topology, group, metadataMaxBytes));
        return startup;
    }

    /**
     * Makes the engine's own topics, or checks those that are there.
     *
     * @throws ConfigException when one cannot be made or does not fit
     */
    Cluster makeTopics() {
        partitions.forEach(this::ensure);
        return new Cluster(topology, Map.copyOf(facts));
    }

    private void ensure(TaskGroup group, int count) {
        for (Input input : group.inputs()) {
            if (input.internal()) {
                facts.put(input.topic(), journals.ensureRepartition(input.topic(), count));
            }
        }
        for (StagePlan stage : group.stages()) {
            facts.put(stage.journal(), journals.ensureJournal(stage.journal(), count));
        }
        LOG.debug("group {} has {} partitions", group.number(), count);
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
