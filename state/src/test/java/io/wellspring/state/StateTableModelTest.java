package io.wellspring.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.StateStore.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Random walks over a table beside a model of three plain maps: what the transaction sees, what is committed, what the disk holds.
 * The tiers, their order and the moments at which entries move are not in the model; that is what is tested.
 */
class StateTableModelTest {
    private static final int KEYS = 6;

    private enum Step {
        PUT,
        FORGET,
        SAVEPOINT,
        ROLLBACK,
        END_RECORD,
        COMMIT,
        ABORT,
        FREEZE,
        WRITE_AND_THAW,
        FAIL_AND_UNFREEZE,
        RESTART
    }

    private record Move(Step step, int key) {}

    @Property(tries = 2_000)
    void showsWhatAPlainMapWouldShow(@ForAll("walks") List<Move> walk) {
        for (int cleanCapacity : new int[] {0, 2, 100}) {
            var run = new Run(cleanCapacity);
            for (Move move : walk) {
                run.apply(move);
                run.compare();
            }
        }
    }

    @Provide
    Arbitrary<List<Move>> walks() {
        Arbitrary<Step> steps = Arbitraries.frequency(
                net.jqwik.api.Tuple.of(10, Step.PUT),
                net.jqwik.api.Tuple.of(3, Step.FORGET),
                net.jqwik.api.Tuple.of(2, Step.SAVEPOINT),
                net.jqwik.api.Tuple.of(2, Step.ROLLBACK),
                net.jqwik.api.Tuple.of(3, Step.END_RECORD),
                net.jqwik.api.Tuple.of(4, Step.COMMIT),
                net.jqwik.api.Tuple.of(2, Step.ABORT),
                net.jqwik.api.Tuple.of(3, Step.FREEZE),
                net.jqwik.api.Tuple.of(3, Step.WRITE_AND_THAW),
                net.jqwik.api.Tuple.of(2, Step.FAIL_AND_UNFREEZE),
                net.jqwik.api.Tuple.of(1, Step.RESTART));
        return net.jqwik.api.Combinators.combine(steps, Arbitraries.integers().between(0, KEYS - 1))
                .as(Move::new)
                .list()
                .ofMaxSize(60);
    }

    /** A table and its model side by side. Moves that the table's contract forbids at that moment are left out. */
    private static final class Run {
        private final Codec<String> text = new TextCodec();
        private final MemoryStore store = new MemoryStore();
        private final int cleanCapacity;
        private StateTable<String, String> table;

        private Map<String, Entry<String>> seen = new HashMap<>();
        private Map<String, Entry<String>> committed = new HashMap<>();
        private Map<String, Entry<String>> onDisk = new HashMap<>();
        private final List<Map<String, Entry<String>>> savedModels = new ArrayList<>();
        private final List<Integer> savepoints = new ArrayList<>();
        private boolean changed;
        private Map<String, Entry<String>> frozenModel;
        private FrozenTable frozen;
        private long sequence;

        Run(int cleanCapacity) {
            this.cleanCapacity = cleanCapacity;
            this.table = table();
        }

        private StateTable<String, String> table() {
            return new StateTable<>("ledger", text, text, store, cleanCapacity);
        }

        void apply(Move move) {
            String key = "key-" + move.key();
            switch (move.step()) {
                case PUT -> put(key, "state-" + ++sequence);
                case FORGET -> put(key, null);
                case SAVEPOINT -> {
                    savepoints.add(table.savepoint());
                    savedModels.add(new HashMap<>(seen));
                }
                case ROLLBACK -> rollback(move.key());
                case END_RECORD -> endRecord();
                case COMMIT -> {
                    table.commit();
                    committed = new HashMap<>(seen);
                    endTransaction();
                }
                case ABORT -> {
                    table.abort();
                    seen = new HashMap<>(committed);
                    endTransaction();
                }
                case FREEZE -> freeze();
                case WRITE_AND_THAW -> writeAndThaw();
                case FAIL_AND_UNFREEZE -> failAndUnfreeze();
                case RESTART -> restart();
                default -> throw new AssertionError(move);
            }
        }

        private void put(String key, String state) {
            table.put(key, ++sequence, state);
            seen.put(key, new Entry<>(sequence, state));
            changed = true;
        }

        private void rollback(int choice) {
            if (savepoints.isEmpty()) {
                return;
            }
            int at = choice % savepoints.size();
            table.rollbackTo(savepoints.get(at));
            seen = new HashMap<>(savedModels.get(at));
            savepoints.subList(at, savepoints.size()).clear();
            savedModels.subList(at, savedModels.size()).clear();
        }

        private void endRecord() {
            table.endRecord();
            savepoints.clear();
            savedModels.clear();
        }

        private void endTransaction() {
            savepoints.clear();
            savedModels.clear();
            changed = false;
        }

        private void freeze() {
            if (changed || frozen != null) {
                return;
            }
            frozen = table.freeze();
            frozenModel = new HashMap<>(committed);
            assertThat(table.dirty()).isZero();
        }

        private void writeAndThaw() {
            if (frozen == null) {
                return;
            }
            List<Row> rows = frozen.encode();
            assertThat(rows).hasSize(frozen.size());
            store.write(rows, Marks.at(sequence));
            table.thaw();
            onDisk = withState(frozenModel);
            // A forgotten key whose row is deleted leaves no entry behind, unless it was changed since.
            forgetWhatTheSnapshotDeleted();
            frozen = null;
        }

        private void forgetWhatTheSnapshotDeleted() {
            frozenModel.forEach((key, entry) -> {
                if (entry.state() == null) {
                    committed.remove(key, entry);
                    seen.remove(key, entry);
                    savedModels.forEach(model -> model.remove(key, entry));
                }
            });
        }

        private void failAndUnfreeze() {
            if (frozen == null) {
                return;
            }
            store.failNextWrite();
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> store.write(frozen.encode(), Marks.at(sequence)))
                    .isInstanceOf(RetryableException.class);
            table.unfreeze();
            frozen = null;
        }

        /** The process dies: what is left is the disk, and the journal gives back what was committed since. */
        private void restart() {
            table = table();
            frozen = null;
            Map<String, Entry<String>> before = committed;
            committed = new HashMap<>(onDisk);
            before.forEach((key, entry) -> {
                if (!entry.equals(onDisk.get(key))) {
                    table.replay(key, entry.sequence(), entry.state());
                    committed.put(key, entry);
                }
            });
            seen = new HashMap<>(committed);
            endTransaction();
        }

        void compare() {
            Map<String, Entry<String>> shown = new HashMap<>();
            Map<String, Entry<String>> shownCommitted = new HashMap<>();
            for (int key = 0; key < KEYS; key++) {
                put(shown, "key-" + key, table.get("key-" + key));
                put(shownCommitted, "key-" + key, table.committed("key-" + key));
            }
            assertThat(shown).as("what the transaction sees").isEqualTo(seen);
            assertThat(shownCommitted).as("what is committed").isEqualTo(committed);
            Map<String, Entry<String>> visited = new HashMap<>();
            table.forEachCommitted((key, entry) ->
                    assertThat(visited.put(key, entry)).as("visited twice").isNull());
            assertThat(visited).as("what is visited").isEqualTo(withState(committed));
            Map<String, Entry<String>> rows = new HashMap<>();
            store.forEach("ledger", (key, row) -> rows.put(text.decode(key), RowValue.decode(row, text::decode)));
            assertThat(rows).as("what is on disk").isEqualTo(onDisk);
        }

        private static void put(Map<String, Entry<String>> map, String key, Entry<String> entry) {
            if (entry != null) {
                map.put(key, entry);
            }
        }

        private static Map<String, Entry<String>> withState(Map<String, Entry<String>> entries) {
            Map<String, Entry<String>> kept = new HashMap<>(entries);
            kept.values().removeIf(entry -> entry.state() == null);
            return kept;
        }
    }
}
