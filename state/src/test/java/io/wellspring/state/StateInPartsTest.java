package io.wellspring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.StateStore.Row;
import java.nio.ByteBuffer;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

/** Tables of states that are stored in parts: what is read back is what was committed, and the store holds the parts of it and no others. */
class StateInPartsTest {
    private final MemoryStore store = new MemoryStore();
    private final Chunks.Format format = new Chunks.Format();
    private final StateTable<String, Chunks> table = open(100);

    private StateTable<String, Chunks> open(int cleanCapacity) {
        return new StateTable<>("chunks", new TextCodec(), format, store, cleanCapacity);
    }

    @Test
    void aSnapshotWritesThePartsThatAreNewWhateverTheStateHolds() {
        Chunks large = Chunks.EMPTY;
        for (int i = 0; i < 30_000; i++) {
            large = large.add(i);
        }
        commit("k", 1, large);
        assertThat(snapshot()).isEqualTo(10_001);
        format.partsSaved = 0;

        commit("k", 2, large.add(1).add(2).add(3).add(4).dropFirst());
        assertThat(snapshot()).as("root, one new part, one deletion").isEqualTo(3);
        commit("k", 3, open(0).get("k").state().add(5));
        assertThat(snapshot()).as("the root").isEqualTo(1);

        assertThat(format.partsSaved).isEqualTo(1);
        assertThat(open(0).get("k")).isEqualTo(table.get("k"));
    }

    @Test
    void aKeyThatWasForgottenBeginsAnewWithTheSameNumbers() {
        commit("k", 1, Chunks.EMPTY.add(1).add(2).add(3).add(4));
        snapshot();
        commit("k", 0, null);
        commit("k", 1, Chunks.EMPTY.add(5).add(6).add(7).add(8).add(9).add(10));
        snapshot();
        assertThat(open(0).get("k").state().sealed()).containsExactly("5,6,7,", "8,9,10,");
        commit("k", 2, table.get("k").state().add(11));
        format.partsSaved = 0;
        snapshot();
        assertThat(format.partsSaved).as("it was written in this life").isZero();
        commit("k", 0, null);
        snapshot();
        assertThat(partNumbers("k")).isEmpty();
        assertThat(open(0).get("k")).isNull();
    }

    @Test
    void whatASnapshotThatFailedWouldHaveWrittenGoesIntoTheNext() {
        commit("k", 1, Chunks.EMPTY.add(1).add(2).add(3));
        FrozenTable refused = table.freeze();
        commit("k", 2, table.get("k").state().add(4).add(5).add(6));
        store.failNextWrite();
        assertThatThrownBy(() -> store.write(refused.encode(), Marks.at(1))).isInstanceOf(RetryableException.class);
        table.unfreeze();
        snapshot();
        assertThat(open(0).get("k")).isEqualTo(table.get("k"));
    }

    @Test
    void saysWhichPartIsMissing() {
        commit("k", 1, Chunks.EMPTY.add(1).add(2).add(3));
        snapshot();
        store.write(List.of(new Row("chunks/parts", partKey("k", 0), null)), Marks.at(2));
        assertThatThrownBy(() -> open(0).get("k"))
                .isInstanceOf(CorruptException.class)
                .hasMessageContainingAll(
                        "stage 'chunks'", "key 'k'", "Part 0 is not stored", "delete the task's state");
    }

    @Test
    void countsTheWeightThatTheFormatTells() {
        commit("k", 1, Chunks.EMPTY.add(1).add(2).add(3));
        assertThat(table.changedBytes()).isEqualTo(160 + 2 + 120);
    }

    private enum Step {
        ADD,
        DROP,
        FORGET,
        COMMIT,
        ABORT,
        FREEZE,
        THAW,
        UNFREEZE,
        RESTART
    }

    private record Move(Step step, String key) {}

    @Provide
    Arbitrary<List<Move>> walks() {
        Arbitrary<Step> steps = Arbitraries.frequency(
                Tuple.of(14, Step.ADD),
                Tuple.of(3, Step.DROP),
                Tuple.of(2, Step.FORGET),
                Tuple.of(5, Step.COMMIT),
                Tuple.of(1, Step.ABORT),
                Tuple.of(3, Step.FREEZE),
                Tuple.of(3, Step.THAW),
                Tuple.of(1, Step.UNFREEZE),
                Tuple.of(1, Step.RESTART));
        return Combinators.combine(steps, Arbitraries.of("a", "ab"))
                .as(Move::new)
                .list()
                .ofMaxSize(80);
    }

    @Property(tries = 3_000)
    void showsWhatAPlainMapWouldShow(@ForAll("walks") List<Move> walk) {
        for (int cleanCapacity : new int[] {0, 100}) {
            var run = new Run(cleanCapacity);
            walk.forEach(run::apply);
        }
    }

    /** A table beside a model; each life of a key adds numbers that no other has. */
    private static final class Run {
        private final StateInPartsTest test = new StateInPartsTest();
        private final int cleanCapacity;
        private StateTable<String, Chunks> table;
        private final Map<String, Chunks> committed = new HashMap<>();
        private final Map<String, Chunks> seen = new HashMap<>();
        private Map<String, Chunks> onDisk = new HashMap<>();
        /** The puts that the disk does not have, as the journal would. */
        private List<Map.Entry<String, Chunks>> journal = new ArrayList<>();

        private final List<Map.Entry<String, Chunks>> open = new ArrayList<>();
        private Map<String, Chunks> frozenModel;
        private int journalAtFreeze;
        private FrozenTable frozen;
        private long number;

        private Run(int cleanCapacity) {
            this.cleanCapacity = cleanCapacity;
            this.table = test.open(cleanCapacity);
        }

        private void apply(Move move) {
            switch (move.step()) {
                case ADD ->
                    put(move.key(), seen.getOrDefault(move.key(), Chunks.EMPTY).add(++number));
                case DROP ->
                    put(move.key(), seen.getOrDefault(move.key(), Chunks.EMPTY).dropFirst());
                case FORGET -> put(move.key(), null);
                case COMMIT -> commit();
                case ABORT -> {
                    table.abort();
                    open.clear();
                    seen.clear();
                    seen.putAll(committed);
                }
                case FREEZE -> freeze();
                case THAW -> thaw();
                case UNFREEZE -> unfreeze();
                default -> restart();
            }
            for (String key : List.of("a", "ab")) {
                Entry<Chunks> entry = table.get(key);
                assertThat(entry == null ? null : entry.state()).as(key).isEqualTo(seen.get(key));
            }
        }

        private void put(String key, Chunks state) {
            table.put(key, 1, state);
            change(seen, key, state);
            open.add(new AbstractMap.SimpleEntry<>(key, state));
        }

        private void commit() {
            table.commit();
            journal.addAll(open);
            open.clear();
            committed.clear();
            committed.putAll(seen);
        }

        private void freeze() {
            if (frozen == null && open.isEmpty()) {
                frozen = table.freeze();
                frozenModel = new HashMap<>(committed);
                journalAtFreeze = journal.size();
            }
        }

        private void thaw() {
            if (frozen == null) {
                return;
            }
            test.store.write(frozen.encode(), Marks.at(1));
            table.thaw();
            frozen = null;
            onDisk = frozenModel;
            journal = new ArrayList<>(journal.subList(journalAtFreeze, journal.size()));
            for (String key : List.of("a", "ab")) {
                Chunks state = onDisk.get(key);
                var needed = new TreeSet<Long>();
                for (long part = state == null ? 0 : state.first();
                        state != null && part < state.first() + state.sealed().size();
                        part++) {
                    needed.add(part);
                }
                assertThat(test.partNumbers(key)).as("parts of %s", key).isEqualTo(needed);
                Entry<Chunks> stored = test.open(0).get(key);
                assertThat(stored == null ? null : stored.state()).isEqualTo(state);
            }
        }

        private void unfreeze() {
            if (frozen != null) {
                frozen.encode();
                table.unfreeze();
                frozen = null;
            }
        }

        private void restart() {
            table = test.open(cleanCapacity);
            frozen = null;
            open.clear();
            seen.clear();
            seen.putAll(committed);
            journal.forEach(put -> table.replay(put.getKey(), 1, put.getValue()));
        }

        private static void change(Map<String, Chunks> map, String key, Chunks state) {
            if (state == null) {
                map.remove(key);
            } else {
                map.put(key, state);
            }
        }
    }

    private int snapshot() {
        List<Row> rows = table.freeze().encode();
        store.write(rows, Marks.at(1));
        table.thaw();
        return rows.size();
    }

    private void commit(String key, long sequence, Chunks state) {
        table.put(key, sequence, state);
        table.endRecord();
        table.commit();
    }

    private Set<Long> partNumbers(String key) {
        var numbers = new TreeSet<Long>();
        store.forEach("chunks/parts", (row, part) -> {
            if (row.length == key.length() + Long.BYTES) {
                numbers.add(ByteBuffer.wrap(row).getLong(key.length()));
            }
        });
        return numbers;
    }

    private static byte[] partKey(String key, long number) {
        return ByteBuffer.allocate(key.length() + Long.BYTES)
                .put(new TextCodec().encode(key))
                .putLong(number)
                .array();
    }
}
