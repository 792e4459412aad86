package io.wellspring.api.port;

import io.wellspring.api.error.ConfigException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A checked pipeline as data.
 *
 * <p>Nodes that reach each other without passing a repartition topic, or by way of a view, form a <em>group</em>: they run in one task for each
 * partition, so their sources must have the same number of partitions, and their stages can see each other's state.
 *
 * @param name the pipeline's name
 * @param nodes the steps; a node's id is its index, and its inputs come before it
 */
public record Graph(String name, List<Node> nodes) {
    /**
     * Copies and checks what only the whole graph can tell.
     *
     * @param name the pipeline's name
     * @param nodes the steps; a node's id is its index, and its inputs come before it
     */
    public Graph {
        nodes = List.copyOf(nodes);
        checkNames(name, nodes);
        checkViews(name, nodes, groupsOf(nodes));
    }

    /**
     * The group of each node. A {@link Node.Rekey} belongs to the group of its input; what reads its repartition topic belongs to another
     * one, unless both are joined elsewhere.
     *
     * @return for each node id the number of its group, from 0 in order of declaration
     */
    public int[] groups() {
        return groupsOf(nodes);
    }

    /**
     * The nodes that take values from a node directly, in order of declaration; for a {@link Node.Rekey} they run behind the repartition
     * topic.
     *
     * @param id the node
     * @return the nodes behind it
     */
    public List<Node> consumersOf(int id) {
        return nodes.stream().filter(node -> node.inputs().contains(id)).toList();
    }

    private static int[] groupsOf(List<Node> nodes) {
        // Union-find over the edges, without those that leave a rekey: there the repartition topic lies between.
        int[] parent = new int[nodes.size()];
        Map<Integer, Integer> firstBehindRekey = new HashMap<>();
        for (Node node : nodes) {
            parent[node.id()] = node.id();
            for (int input : node.inputs()) {
                if (nodes.get(input) instanceof Node.Rekey) {
                    // All that read one repartition topic run in one task.
                    Integer first = firstBehindRekey.putIfAbsent(input, node.id());
                    if (first != null) {
                        union(parent, first, node.id());
                    }
                } else {
                    union(parent, input, node.id());
                }
            }
        }
        joinViews(nodes, parent, firstBehindRekey.values());
        Map<Integer, Integer> numbers = new HashMap<>();
        int[] groups = new int[nodes.size()];
        for (int id = 0; id < groups.length; id++) {
            int root = find(parent, id);
            Integer number = numbers.get(root);
            if (number == null) {
                number = numbers.size();
                numbers.put(root, number);
            }
            groups[id] = number;
        }
        return groups;
    }

    /** A stage runs in the task whose state it looks at, if no repartition topic has moved the keys of either. */
    private static void joinViews(List<Node> nodes, int[] parent, Collection<Integer> behindRekeys) {
        Map<Object, Node.Published> published = published(nodes);
        for (Node node : nodes) {
            if (node instanceof Node.Stateful reader) {
                for (var view : reader.stage().reads()) {
                    Node.Published source = published.get(view);
                    if (source != null
                            && sameKeys(nodes, reader, source)
                            && behindRekeys.stream()
                                    .map(id -> find(parent, id))
                                    .noneMatch(root ->
                                            root == find(parent, reader.id()) || root == find(parent, source.id()))) {
                        union(parent, reader.id(), source.id());
                    }
                }
            }
        }
    }

    private static boolean sameKeys(List<Node> nodes, Node.Stateful reader, Node.Published view) {
        return nodes.get(view.input()) instanceof Node.Stateful owner
                && owner.keys().contentName().equals(reader.keys().contentName());
    }

    private static Map<Object, Node.Published> published(List<Node> nodes) {
        Map<Object, Node.Published> published = new HashMap<>();
        for (Node node : nodes) {
            if (node instanceof Node.Published view) {
                published.put(view.view(), view);
            }
        }
        return published;
    }

    private static void union(int[] parent, int a, int b) {
        int rootA = find(parent, a);
        int rootB = find(parent, b);
        parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
    }

    private static int find(int[] parent, int id) {
        int root = id;
        while (parent[root] != root) {
            root = parent[root];
        }
        return root;
    }

    private static void checkNames(String pipeline, List<Node> nodes) {
        Set<String> seen = new HashSet<>();
        for (Node node : nodes) {
            String what = uniqueLabel(node);
            if (what != null && !seen.add(what)) {
                throw new ConfigException("Pipeline " + pipeline + " has '" + what
                        + "' twice. "
                        + (node instanceof Node.Source
                                ? "A topic is read once: keep the stream of the first 'from' in a variable and use it again"
                                : "Give the second another name"));
            }
        }
        if (nodes.stream().noneMatch(Node.Source.class::isInstance)) {
            throw new ConfigException("Pipeline " + pipeline + " has no source. Begin with p.from(topic)");
        }
    }

    private static String uniqueLabel(Node node) {
        boolean unique = node instanceof Node.Source
                || node instanceof Node.Stateful
                || node instanceof Node.Rekey
                || node instanceof Node.Published;
        return unique ? node.label() : null;
    }

    private static void checkViews(String pipeline, List<Node> nodes, int[] groups) {
        Map<Object, Node.Published> published = published(nodes);
        List<Node.Stateful> stages = nodes.stream()
                .filter(Node.Stateful.class::isInstance)
                .map(Node.Stateful.class::cast)
                .toList();
        for (Node.Stateful reader : stages) {
            for (var view : reader.stage().reads()) {
                Node.Published source = published.get(view);
                if (source == null) {
                    throw new ConfigException(
                            "Stage " + reader.stage().name() + " of pipeline " + pipeline + " reads " + view
                                    + ", which no stage publishes; published are " + published.keySet()
                                    + ". Call publish(view, ...) on the stage that owns the state, and keep the View in a constant that both"
                                    + " use");
                }
                if (groups[source.id()] != groups[reader.id()]) {
                    throw new ConfigException("Stage " + reader.stage().name() + " of pipeline " + pipeline
                            + " reads view "
                            + view.name() + ", but " + nodes.get(source.input()).label()
                            + " runs in another task: "
                            + (sameKeys(nodes, reader, source)
                                    ? "one of them is behind a repartition topic"
                                    : "their keys are encoded in different ways")
                            + ", so a key of one need not be in the same partition as in the other. Read the view before the rekey, or send"
                            + " the state as events and keep what is needed in this stage");
                }
            }
        }
    }
}
