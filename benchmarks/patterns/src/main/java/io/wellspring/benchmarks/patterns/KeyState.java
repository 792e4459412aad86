package io.wellspring.benchmarks.patterns;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;

/**
 * Flink's keyed state as hash maps, one for each key: what its heap backend does, without its copies. Holds what a shared buffer asks for.
 */
final class KeyState implements KeyedStateStore {
    private int key;

    /** Whose state is read and written from now on. */
    void key(int current) {
        key = current;
    }

    @Override
    public <U, V> MapState<U, V> getMapState(MapStateDescriptor<U, V> descriptor) {
        return new Maps<>();
    }

    @Override
    public <T> ValueState<T> getState(ValueStateDescriptor<T> descriptor) {
        throw notAsked(descriptor.getName());
    }

    @Override
    public <T> ListState<T> getListState(ListStateDescriptor<T> descriptor) {
        throw notAsked(descriptor.getName());
    }

    @Override
    public <T> ReducingState<T> getReducingState(ReducingStateDescriptor<T> descriptor) {
        throw notAsked(descriptor.getName());
    }

    @Override
    public <I, A, O> AggregatingState<I, O> getAggregatingState(AggregatingStateDescriptor<I, A, O> descriptor) {
        throw notAsked(descriptor.getName());
    }

    @Override
    public <T> org.apache.flink.api.common.state.v2.ValueState<T> getValueState(
            org.apache.flink.api.common.state.v2.ValueStateDescriptor<T> descriptor) {
        throw notAsked(descriptor.getStateId());
    }

    @Override
    public <T> org.apache.flink.api.common.state.v2.ListState<T> getListState(
            org.apache.flink.api.common.state.v2.ListStateDescriptor<T> descriptor) {
        throw notAsked(descriptor.getStateId());
    }

    @Override
    public <U, V> org.apache.flink.api.common.state.v2.MapState<U, V> getMapState(
            org.apache.flink.api.common.state.v2.MapStateDescriptor<U, V> descriptor) {
        throw notAsked(descriptor.getStateId());
    }

    @Override
    public <T> org.apache.flink.api.common.state.v2.ReducingState<T> getReducingState(
            org.apache.flink.api.common.state.v2.ReducingStateDescriptor<T> descriptor) {
        throw notAsked(descriptor.getStateId());
    }

    @Override
    public <I, A, O> org.apache.flink.api.common.state.v2.AggregatingState<I, O> getAggregatingState(
            org.apache.flink.api.common.state.v2.AggregatingStateDescriptor<I, A, O> descriptor) {
        throw notAsked(descriptor.getStateId());
    }

    @Override
    public String getBackendTypeIdentifier() {
        return "hash maps";
    }

    private static UnsupportedOperationException notAsked(String state) {
        return new UnsupportedOperationException("a shared buffer keeps maps only, and was asked for " + state);
    }

    private final class Maps<U, V> implements MapState<U, V> {
        private final Map<Integer, Map<U, V>> ofKeys = new HashMap<>();

        private Map<U, V> current() {
            return ofKeys.computeIfAbsent(key, any -> new HashMap<>());
        }

        @Override
        public V get(U name) {
            return current().get(name);
        }

        @Override
        public void put(U name, V value) {
            current().put(name, value);
        }

        @Override
        public void putAll(Map<U, V> values) {
            current().putAll(values);
        }

        @Override
        public void remove(U name) {
            current().remove(name);
        }

        @Override
        public boolean contains(U name) {
            return current().containsKey(name);
        }

        @Override
        public Iterable<Map.Entry<U, V>> entries() {
            return current().entrySet();
        }

        @Override
        public Iterable<U> keys() {
            return current().keySet();
        }

        @Override
        public Iterable<V> values() {
            return current().values();
        }

        @Override
        public Iterator<Map.Entry<U, V>> iterator() {
            return current().entrySet().iterator();
        }

        @Override
        public boolean isEmpty() {
            return current().isEmpty();
        }

        @Override
        public void clear() {
            current().clear();
        }
    }
}
