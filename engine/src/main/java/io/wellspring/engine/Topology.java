package io.wellspring.engine;

import io.wellspring.api.Policy;
import io.wellspring.api.SourceOptions;
import io.wellspring.api.Stage;
import io.wellspring.api.error.ConfigException;
import io.wellspring.api.port.Graph;
import io.wellspring.api.port.Node;
import io.wellspring.engine.TaskGroup.Input;
import io.wellspring.engine.TaskGroup.StagePlan;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a graph means in a cluster: its task groups and the names of all topics. Knows no partition counts; {@link Startup} does. */
final class Topology {
    /** How the name of every journal ends. */
    static final String JOURNAL = "-journal";

    private final Graph graph;
    private final List<TaskGroup> groups;

    private Topology(Graph graph, List<TaskGroup> groups) {
        this.graph = graph;
        this.groups = groups;
    }

    static Topology of(Graph graph) {
        int[] numbers = graph.groups();
        Map<Integer, List<Input>> inputs = new TreeMap<>();
        Map<Integer, List<StagePlan>> stages = new TreeMap<>();
        for (Node node : graph.nodes()) {
            if (node instanceof Node.Source source) {
                inputs.computeIfAbsent(numbers[node.id()], n -> new ArrayList<>())
                        .add(new Input(
                                source.topic().name(),
                                source.topic().keys(),
                                source.topic().values(),
                                source.options(),
                                node.id(),
                                false));
            } else if (node instanceof Node.Rekey rekey) {
                List<Node> behind = graph.consumersOf(node.id());
                if (!behind.isEmpty()) {
                    inputs.computeIfAbsent(numbers[behind.get(0).id()], n -> new ArrayList<>())
                            .add(new Input(
                                    repartitionTopic(graph, rekey),
                                    rekey.keys(),
                                    rekey.values(),
                                    SourceOptions.defaults(),
                                    node.id(),
                                    true));
                }
            } else if (node instanceof Node.Stateful stage) {
                stages.computeIfAbsent(numbers[node.id()], n -> new ArrayList<>())
                        .add(new StagePlan(stage, journalTopic(graph, stage)));
            }
        }
        List<TaskGroup> groups = new ArrayList<>();
        inputs.forEach((number, topics) -> groups.add(
                new TaskGroup(number, List.copyOf(topics), List.copyOf(stages.getOrDefault(number, List.of())))));
        return new Topology(graph, List.copyOf(groups));
    }

    Graph graph() {
        return graph;
    }

    String pipeline() {
        return graph.name();
    }

    /**
     * The group whose tasks run a stage.
     *
     * @throws ConfigException when none does
     */
    TaskGroup groupOf(Stage<?, ?, ?, ?> stage) {
        return groups.stream()
                .filter(group ->
                        group.stages().stream().anyMatch(plan -> plan.node().stage() == stage))
                .findFirst()
                .orElseThrow(() -> new ConfigException("Pipeline " + pipeline() + " has no stage " + stage.name()
                        + " (the same Stage object is meant). Keep the stage in a constant and use it in both places"));
    }

    List<TaskGroup> groups() {
        return groups;
    }

    TaskGroup group(int number) {
        return groups.stream()
                .filter(group -> group.number() == number)
                .findFirst()
                .orElseThrow();
    }

    /** All topics that tasks read. */
    Set<String> topics() {
        return groups.stream().flatMap(group -> group.topics().stream()).collect(Collectors.toSet());
    }

    /** All topics that users must have made: sources, sinks, dead-letter and parked topics. */
    Set<String> externalTopics() {
        Set<String> topics = new LinkedHashSet<>();
        for (Node node : graph.nodes()) {
            if (node instanceof Node.Source source) {
                topics.add(source.topic().name());
                addPolicyTopic(topics, source.options().policy());
                source.options().latePolicy().ifPresent(policy -> addPolicyTopic(topics, policy));
            } else if (node instanceof Node.Sink sink) {
                topics.add(sink.topic().name());
            } else if (node instanceof Node.Stateful stage) {
                stage.stage().policy().ifPresent(policy -> addPolicyTopic(topics, policy));
            }
        }
        return topics;
    }

    static String journalTopic(Graph graph, Node.Stateful stage) {
        return graph.name() + "-" + stage.stage().name() + JOURNAL;
    }

    static String repartitionTopic(Graph graph, Node.Rekey rekey) {
        return graph.name() + "-" + rekey.name() + "-repartition";
    }

    private static void addPolicyTopic(Set<String> topics, Policy policy) {
        if (policy instanceof Policy.DeadLetter deadLetter) {
            topics.add(deadLetter.topic());
        } else if (policy instanceof Policy.ParkKey park) {
            topics.add(park.topic());
        }
    }
}
