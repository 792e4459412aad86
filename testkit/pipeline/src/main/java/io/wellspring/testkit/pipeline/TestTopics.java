package io.wellspring.testkit.pipeline;

import io.wellspring.api.Policy;
import io.wellspring.api.port.Graph;
import io.wellspring.api.port.Node;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The topics of a pipeline, as a test sees them.
 *
 * @param sources what a test may write to
 * @param external sources, sinks, dead-letter and parked topics: what users make, and here the test
 * @param inputs all that tasks read, so also the repartition topics that the engine makes
 * @param written the inputs that the pipeline itself writes, in transactions
 */
record TestTopics(Set<String> sources, Set<String> external, Set<String> inputs, Set<String> written) {
    static TestTopics of(Graph graph) {
        Set<String> sources = new LinkedHashSet<>();
        Set<String> sinks = new LinkedHashSet<>();
        Set<String> deadLetters = new LinkedHashSet<>();
        Set<String> repartitions = new LinkedHashSet<>();
        for (Node node : graph.nodes()) {
            if (node instanceof Node.Source source) {
                sources.add(source.topic().name());
                addPolicyTopic(deadLetters, source.options().policy());
                source.options().latePolicy().ifPresent(policy -> addPolicyTopic(deadLetters, policy));
            } else if (node instanceof Node.Sink sink) {
                sinks.add(sink.topic().name());
            } else if (node instanceof Node.Stateful stage) {
                stage.stage().policy().ifPresent(policy -> addPolicyTopic(deadLetters, policy));
            } else if (node instanceof Node.Rekey rekey
                    && !graph.consumersOf(rekey.id()).isEmpty()) {
                // The engine's own name for it, which is fixed: it is a topic's name in people's clusters.
                repartitions.add(graph.name() + "-" + rekey.name() + "-repartition");
            }
        }
        Set<String> external = new LinkedHashSet<>(sources);
        external.addAll(sinks);
        external.addAll(deadLetters);
        Set<String> inputs = new LinkedHashSet<>(sources);
        inputs.addAll(repartitions);
        Set<String> written = new LinkedHashSet<>(sinks);
        written.addAll(deadLetters);
        written.addAll(repartitions);
        written.retainAll(inputs);
        return new TestTopics(Set.copyOf(sources), external, Set.copyOf(inputs), Set.copyOf(written));
    }

    private static void addPolicyTopic(Set<String> topics, Policy policy) {
        if (policy instanceof Policy.DeadLetter deadLetter) {
            topics.add(deadLetter.topic());
        } else if (policy instanceof Policy.ParkKey park) {
            topics.add(park.topic());
        }
    }
}
