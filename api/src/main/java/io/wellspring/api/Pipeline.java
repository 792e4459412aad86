package io.wellspring.api;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.port.Graph;
import io.wellspring.api.port.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/**
 * A graph of sources, steps, stages and sinks, described once and then run by an engine. Immutable and checked: a mistake in the graph
 * is a {@link ConfigException} when the pipeline is built.
 */
public final class Pipeline {
    private final Graph graph;

    private Pipeline(Graph graph) {
        this.graph = graph;
    }

    /**
     * Builds a pipeline.
     *
     * @param name the name: the consumer group, and the first part of the names of journals and repartition topics
     * @param description adds sources, steps and sinks to the builder it is given
     * @return the pipeline
     * @throws ConfigException when the graph has a mistake; the message names the step and the remedy
     */
    public static Pipeline named(String name, Consumer<Builder> description) {
        var builder = new Builder(Names.checked("pipeline", name));
        description.accept(builder);
        return new Pipeline(builder.build());
    }

    /**
     * The name.
     *
     * @return the name
     */
    public String name() {
        return graph.name();
    }

    /**
     * The graph, for engines.
     *
     * @return the graph
     */
    public Graph graph() {
        return graph;
    }

    /**
     * The graph as text: a line for each step, with the steps it takes its values from and the number of its task group.
     *
     * @return lines, each ended by a newline
     */
    public String describe() {
        int[] groups = graph.groups();
        var text = new StringBuilder("pipeline ").append(name()).append('\n');
        for (Node node : graph.nodes()) {
            text.append("  ").append(node.id()).append(": ").append(node.label());
            if (!node.inputs().isEmpty()) {
                text.append(" <- ").append(node.inputs());
            }
            text.append("  (group ").append(groups[node.id()]).append(")\n");
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return "Pipeline[" + name() + "]";
    }

    /** Collects the steps of a pipeline while it is described; useless afterwards. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private final List<Node> nodes = new ArrayList<>();
        private boolean built;

        private Builder(String name) {
            this.name = name;
        }

        /**
         * Reads a topic with the default options.
         *
         * @param topic the topic; it must exist when the pipeline starts
         * @param <K> the type of the keys
         * @param <V> the type of the values
         * @return its records
         */
        public <K, V> KeyedStream<K, V> from(Topic<K, V> topic) {
            return from(topic, options -> options);
        }

        /**
         * Reads a topic.
         *
         * @param topic the topic; it must exist when the pipeline starts
         * @param options changes the default options
         * @param <K> the type of the keys
         * @param <V> the type of the values
         * @return its records
         */
        public <K, V> KeyedStream<K, V> from(Topic<K, V> topic, UnaryOperator<SourceOptions<V>> options) {
            Objects.requireNonNull(topic, "topic");
            SourceOptions<V> chosen = Objects.requireNonNull(options.apply(SourceOptions.defaults()), "options");
            int id = add(next -> new Node.Source(next, topic, chosen));
            return new KeyedStream<>(this, id, topic.keys(), topic.values());
        }

        int add(IntFunction<Node> node) {
            if (built) {
                throw new ConfigException("Pipeline " + name
                        + " is built already; add its steps inside Pipeline.named(...), before it returns");
            }
            Node made = node.apply(nodes.size());
            nodes.add(made);
            return made.id();
        }

        void checkOwns(KeyedStream<?, ?> stream) {
            if (stream.builder() != this) {
                throw new ConfigException("A stream of another pipeline was given to pipeline " + name
                        + ". Send it through a topic: to(topic) there, from(topic) here");
            }
        }

        private Graph build() {
            built = true;
            return new Graph(name, nodes);
        }
    }
}
