package io.wellspring.engine;

import io.wellspring.api.Policy;
import io.wellspring.api.error.ConfigException;
import io.wellspring.api.port.Node;
import io.wellspring.engine.TaskGroup.StagePlan;
import io.wellspring.journal.TopicFacts;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has to hold of a stage and its parked topic, so that parked records can be read back. */
final class ParkingRules {
    private static final Logger LOG = LoggerFactory.getLogger(ParkingRules.class);

    private ParkingRules() {}

    /**
     * Checks the stages of a group.
     *
     * @param topics what is known of a parked topic
     * @param partitions how many the group's inputs have
     * @throws ConfigException when one of them cannot park its keys
     */
    static void check(Topology topology, TaskGroup group, Function<String, TopicFacts> topics, int partitions) {
        for (StagePlan plan : group.stages()) {
            Policy policy = plan.node().stage().policy().orElse(null);
            if (policy instanceof Policy.ParkKey park) {
                String which = "Stage " + plan.name() + " of pipeline " + topology.pipeline();
                checkWaysIn(topology, plan.node(), which);
                if (topology.topics().contains(park.topic())) {
                    throw new ConfigException(which + " parks keys in topic " + park.topic()
                            + ", which the pipeline also reads: what waits there would be processed at once. Give Policy.parkKey a"
                            + " topic of its own");
                }
                TopicFacts topic = topics.apply(park.topic());
                checkRetention(topic, which);
                int found = topic.partitions();
                if (found != partitions) {
                    throw new ConfigException(which + " parks keys in topic " + park.topic() + ", which has " + found
                            + " partitions where the stage's inputs have " + partitions
                            + ": each task parks in the partition of its own number. Recreate the topic with "
                            + partitions + " partitions");
                }
            }
        }
    }

    private static void checkRetention(TopicFacts topic, String which) {
        if (topic.compacted()) {
            throw new ConfigException(which + " parks keys in topic " + topic.name()
                    + ", which is compacted: of each key all parked records but the last would be lost. Set its cleanup.policy=delete and its"
                    + " retention.ms=-1");
        }
        if (topic.expires()) {
            LOG.warn(
                    "{} parks keys in topic {}, which deletes records by age or size: a key whose records are gone cannot be released, only"
                            + " dropped. Set its retention.ms=-1 and retention.bytes=-1, or release keys sooner than that",
                    which,
                    topic.name());
        }
    }

    /** A record that is read back walks through the steps before the stage again; another stage there would decide it twice. */
    private static void checkWaysIn(Topology topology, Node from, String which) {
        for (int id : from.inputs()) {
            Node input = topology.graph().nodes().get(id);
            if (input instanceof Node.Stateful before) {
                throw new ConfigException(which + " has Policy.parkKey and takes commands from "
                        + before.label()
                        + " within the same task; parked records are read back through the steps before the stage, where that stage"
                        + " would see them twice. Put a rekey between the two, give " + before.label()
                        + " the policy instead, or choose Policy.deadLetter");
            }
            if (!(input instanceof Node.Rekey)) {
                checkWaysIn(topology, input, which);
            }
        }
    }
}
