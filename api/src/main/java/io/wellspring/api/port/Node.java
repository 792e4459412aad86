package io.wellspring.api.port;

import io.wellspring.api.Out;
import io.wellspring.api.SourceOptions;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.View;
import io.wellspring.api.codec.Codec;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One step of a pipeline's graph. Types are erased here; {@link io.wellspring.api.KeyedStream} made sure that they fit. A node's id is its
 * place in {@link Graph#nodes()}, and its inputs have smaller ids.
 */
public sealed interface Node {
    /**
     * The node's place in the graph.
     *
     * @return the id
     */
    int id();

    /**
     * The nodes whose values come in here.
     *
     * @return their ids
     */
    List<Integer> inputs();

    /**
     * The node in a few words, for descriptions and error messages.
     *
     * @return such as {@code stage ledger}
     */
    String label();

    /**
     * Where records enter.
     *
     * @param id the node's place
     * @param topic the topic
     * @param options how it is read
     */
    record Source(int id, Topic<?, ?> topic, SourceOptions<?> options) implements Node {
        @Override
        public List<Integer> inputs() {
            return List.of();
        }

        @Override
        public String label() {
            return "from " + topic.name();
        }
    }

    /**
     * One value to one value.
     *
     * @param id the node's place
     * @param input where values come from
     * @param function key and value to the new value
     */
    record Map(int id, int input, BiFunction<Object, Object, Object> function) implements Node {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public String label() {
            return "map";
        }
    }

    /**
     * Lets some values through.
     *
     * @param id the node's place
     * @param input where values come from
     * @param predicate which values go on
     */
    record Filter(int id, int input, Predicate<Object> predicate) implements Node {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public String label() {
            return "filter";
        }
    }

    /**
     * One value to any number.
     *
     * @param id the node's place
     * @param input where values come from
     * @param function value to values
     */
    record FlatMap(int id, int input, Function<Object, Iterable<?>> function) implements Node {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public String label() {
            return "flatMap";
        }
    }

    /**
     * Looks at each value.
     *
     * @param id the node's place
     * @param input where values come from
     * @param consumer called with each value
     */
    record Peek(int id, int input, Consumer<Object> consumer) implements Node {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public String label() {
            return "peek";
        }
    }

    /**
     * Several streams as one.
     *
     * @param id the node's place
     * @param inputs where values come from
     */
    record Merge(int id, List<Integer> inputs) implements Node {
        @Override
        public String label() {
            return "merge";
        }
    }

    /**
     * Asks a question of each value; its two {@link Branch}es carry the values on.
     *
     * @param id the node's place
     * @param input where values come from
     * @param predicate the question
     */
    record Split(int id, int input, Predicate<Object> predicate) implements Node {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public String label() {
            return "split";
        }
    }

    /**
     * The values of a {@link Split} with one answer.
     *
     * @param id the node's place
     * @param input the split
     * @param answer which answer
     */
    record Branch(int id, int input, boolean answer) implements Node {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public String label() {
            return answer ? "matching" : "rest";
        }
    }

    /**
     * A new key, through a repartition topic.
     *
     * @param id the node's place
     * @param input where values come from
     * @param name the name, unique in the pipeline, part of the repartition topic's name
     * @param keys the codec of the new keys
     * @param values the codec of the values
     * @param key key and value to the new key
     */
    record Rekey(int id, int input, String name, Codec<?> keys, Codec<?> values, BiFunction<Object, Object, Object> key)
            implements Node {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public String label() {
            return "rekey " + name;
        }
    }

    /**
     * A step with state. Its own values go on through {@link Port} and {@link Events}.
     *
     * @param id the node's place
     * @param input where commands come from
     * @param stage the stage
     * @param keys the codec of its keys
     */
    record Stateful(int id, int input, Stage<?, ?, ?, ?> stage, Codec<?> keys) implements Node {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public String label() {
            return "stage " + stage.name();
        }
    }

    /**
     * What a stage emits through one port.
     *
     * @param id the node's place
     * @param input the stage
     * @param out the port
     */
    record Port(int id, int input, Out<?> out) implements Node {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public String label() {
            return "out " + out.name();
        }
    }

    /**
     * The events a stage persists.
     *
     * @param id the node's place
     * @param input the stage
     */
    record Events(int id, int input) implements Node {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public String label() {
            return "events";
        }
    }

    /**
     * State of a stage for other stages of the task.
     *
     * @param id the node's place
     * @param input the stage
     * @param view the view
     * @param projection state to the view's value
     */
    record Published(int id, int input, View<?, ?> view, Function<Object, Object> projection) implements Node {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public String label() {
            return "view " + view.name();
        }
    }

    /**
     * Where values leave.
     *
     * @param id the node's place
     * @param input where values come from
     * @param topic the topic
     */
    record Sink(int id, int input, Topic<?, ?> topic) implements Node {
        @Override
        public List<Integer> inputs() {
            return List.of(input);
        }

        @Override
        public String label() {
            return "to " + topic.name();
        }
    }
}
