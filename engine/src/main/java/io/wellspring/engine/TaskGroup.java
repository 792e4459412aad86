package io.wellspring.engine;

import io.wellspring.api.SourceOptions;
import io.wellspring.api.Stage;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.port.Node;
import java.util.List;

/**
 * The part of a pipeline that runs in one task for each partition: everything between its inputs and the next repartition topic.
 *
 * @param number the number of the group in the graph
 * @param inputs its topics in order of declaration, which decides ties of event time
 * @param stages its stages in order of declaration
 */
record TaskGroup(int number, List<Input> inputs, List<StagePlan> stages) {
    List<String> topics() {
        return inputs.stream().map(Input::topic).toList();
    }

    /** Whether its records wait until the watermark has reached their event time. */
    boolean isInOrder() {
        return inputs.stream().anyMatch(input -> input.options().isInOrder());
    }

    /** What is known of a stage that this group's tasks run. */
    StagePlan plan(Stage<?, ?, ?, ?> stage) {
        return stages.stream()
                .filter(plan -> plan.node().stage() == stage)
                .findFirst()
                .orElseThrow();
    }

    /**
     * A topic that a task reads.
     *
     * @param topic its name in the cluster
     * @param keys the codec of its keys
     * @param values the codec of its values
     * @param options how it is read
     * @param node the node behind which its records go on: a source or a rekey
     * @param internal whether the engine made it, as a repartition topic
     */
    record Input(String topic, Codec<?> keys, Codec<?> values, SourceOptions<?> options, int node, boolean internal) {}

    /**
     * A stage and its journal.
     *
     * @param node the stage in the graph
     * @param journal the name of its journal's topic
     */
    record StagePlan(Node.Stateful node, String journal) {
        String name() {
            return node.stage().name();
        }
    }
}
