package io.wellspring.engine;

import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.port.Graph;
import io.wellspring.api.port.Node;
import io.wellspring.engine.TaskGroup.Input;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Turns the graph of one task group into fused receivers, from the sinks up to the inputs. Each node is built once, so streams that meet
 * again share their stages.
 */
final class Wiring {
    private final Task task;
    private final Graph graph;
    private final String keyContent;
    private final Map<Integer, StageRuntime> stages;
    private final ToIntFunction<String> partitionsOfTopic;
    private final Map<Integer, Receiver> built = new HashMap<>();

    /** The one stage that is led to, with everything else left out; null where all is wired. */
    private final StageRuntime only;

    /**
     * Begins the wiring of a task.
     *
     * @param stages the task's stages by their node
     * @param partitionsOfTopic how many partitions a repartition topic has
     */
    Wiring(
            Task task,
            Graph graph,
            TaskGroup group,
            Map<Integer, StageRuntime> stages,
            ToIntFunction<String> partitionsOfTopic) {
        this(task, graph, group.inputs().get(0).keys().contentName(), stages, partitionsOfTopic, null);
    }

    private Wiring(
            Task task,
            Graph graph,
            String keyContent,
            Map<Integer, StageRuntime> stages,
            ToIntFunction<String> partitionsOfTopic,
            StageRuntime only) {
        this.task = task;
        this.graph = graph;
        this.keyContent = keyContent;
        this.stages = stages;
        this.partitionsOfTopic = partitionsOfTopic;
        this.only = only;
    }

    /** The ways that lead to one stage, whose own wiring is done; what leads elsewhere leads nowhere. */
    Wiring towards(StageRuntime stage) {
        return new Wiring(task, graph, keyContent, stages, partitionsOfTopic, stage);
    }

    /** What the records of an input go to. */
    Receiver behind(Input input) {
        return behind(input.node());
    }

    private Receiver behind(int node) {
        List<Receiver> receivers = new ArrayList<>();
        for (Node consumer : graph.consumersOf(node)) {
            if (!(consumer instanceof Node.Published)) {
                receivers.add(into(consumer));
            }
        }
        return Receiver.all(receivers);
    }

    private Receiver into(Node node) {
        Receiver known = built.get(node.id());
        if (known == null) {
            known = build(node);
            built.put(node.id(), known);
        }
        return known;
    }

    private Receiver build(Node node) {
        if (only != null
                && (node instanceof Node.Stateful || node instanceof Node.Sink || node instanceof Node.Rekey)) {
            return stages.get(node.id()) == only ? only.entrance() : Receiver.NOWHERE;
        }
        if (node instanceof Node.Sink sink) {
            return sink(sink.topic());
        }
        if (node instanceof Node.Rekey rekey) {
            return rekey(rekey);
        }
        if (node instanceof Node.Stateful) {
            return stage(node.id());
        }
        if (node instanceof Node.Split split) {
            return split(split);
        }
        Receiver next = behind(node.id());
        if (node instanceof Node.Map map) {
            return (key, value) -> next.accept(key, notNull(map.function().apply(key, value), "map"));
        }
        if (node instanceof Node.Filter filter) {
            return (key, value) -> {
                if (filter.predicate().test(value)) {
                    next.accept(key, value);
                }
            };
        }
        if (node instanceof Node.FlatMap flatMap) {
            return (key, value) -> {
                for (Object each : notNull(flatMap.function().apply(value), "flatMap")) {
                    next.accept(key, notNull(each, "flatMap"));
                }
            };
        }
        if (node instanceof Node.Peek peek) {
            return (key, value) -> {
                peek.consumer().accept(value);
                next.accept(key, value);
            };
        }
        return next; // a merge: its inputs all lead here
    }

    private Receiver split(Node.Split split) {
        Receiver matching = Receiver.NOWHERE;
        Receiver rest = Receiver.NOWHERE;
        for (Node consumer : graph.consumersOf(split.id())) {
            if (((Node.Branch) consumer).answer()) {
                matching = behind(consumer.id());
            } else {
                rest = behind(consumer.id());
            }
        }
        Receiver yes = matching;
        Receiver no = rest;
        return (key, value) -> (split.predicate().test(value) ? yes : no).accept(key, value);
    }

    private Receiver stage(int id) {
        StageRuntime stage = stages.get(id);
        built.put(id, stage.entrance());
        List<Receiver> events = new ArrayList<>();
        for (Node consumer : graph.consumersOf(id)) {
            if (consumer instanceof Node.Port port) {
                stage.port(port.out(), behind(port.id()));
            } else if (consumer instanceof Node.Events) {
                events.add(behind(consumer.id()));
            }
        }
        stage.eventReceivers(Receiver.all(events));
        return stage.entrance();
    }

    @SuppressWarnings("unchecked") // KeyedStream.to has matched the types
    private Receiver sink(Topic<?, ?> topic) {
        Codec<Object> keys = (Codec<Object>) topic.keys();
        Codec<Object> values = (Codec<Object>) topic.values();
        boolean sameKeys = keys.contentName().equals(keyContent);
        TaskContext context = task.context();
        return (key, value) -> {
            byte[] keyBytes = sameKeys ? context.keyBytes() : key == null ? null : keys.encode(key);
            send(topic.name(), -1, keyBytes, values.encode(value));
        };
    }

    @SuppressWarnings("unchecked") // KeyedStream.rekey has matched the types
    private Receiver rekey(Node.Rekey rekey) {
        String topic = Topology.repartitionTopic(graph, rekey);
        Codec<Object> keys = (Codec<Object>) rekey.keys();
        Codec<Object> values = (Codec<Object>) rekey.values();
        int partitions = partitionsOfTopic.applyAsInt(topic);
        return (key, value) -> {
            byte[] keyBytes = keys.encode(notNull(rekey.key().apply(key, value), "rekey"));
            send(topic, KeyPartitions.of(keyBytes, partitions), keyBytes, values.encode(value));
        };
    }

    private void send(String topic, int partition, byte[] key, byte[] value) {
        long timestampMillis = Math.max(0, task.context().eventTimeMillis());
        task.scope().send(topic, partition, timestampMillis, key, value, null);
    }

    private static <T> T notNull(T value, String step) {
        if (value == null) {
            throw new NullPointerException("A function of the step '" + step
                    + "' returned null. Give a value, or drop values with filter or flatMap");
        }
        return value;
    }
}
