package io.wellspring.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StateTableBytesTest {
    private final MemoryStore store = new MemoryStore();
    private final StateTable<String, String> table =
            new StateTable<>("ledger", new TextCodec(), new TextCodec(), store, 1_000);

    @Test
    void whatASnapshotHoldsMovesFromTheChangedToTheCleanBytes() {
        for (int key = 0; key < 100; key++) {
            table.put("k" + key, 1, "state");
        }
        table.endRecord();
        long open = table.changedBytes();
        table.commit();
        long committed = table.changedBytes();
        Snapshot snapshot = Snapshot.take(List.of(table), Marks.at(1));
        assertThat(open).isPositive();
        assertThat(table.changedBytes()).as("frozen").isEqualTo(committed);
        assertThat(table.dirtyBytes()).as("not to be written once more").isZero();

        snapshot.write(store);
        snapshot.settle();

        assertThat(table.changedBytes()).isZero();
        assertThat(table.cleanBytes()).isEqualTo(committed);
    }

    @Test
    void theEstimateFollowsTheSizeOfTheStates() {
        table.replay("small", 1, "x");
        long small = table.changedBytes();
        for (int commit = 0; commit < 100; commit++) {
            table.put("small", commit, "x".repeat(10_000));
            table.commit();
        }

        assertThat(table.changedBytes()).isBetween(10_000L, 30_000L);
        assertThat(small).isLessThan(1_000);
    }

    @Test
    void forgetsWhatWasNotReadForTheLongestTimeFirst() {
        for (int key = 0; key < 10; key++) {
            table.replay("k" + key, 1, "state" + key);
        }
        Snapshot snapshot = Snapshot.take(List.of(table), Marks.at(1));
        snapshot.write(store);
        snapshot.settle();
        for (int key = 0; key < 5; key++) {
            table.committed("k" + key);
        }
        long before = table.cleanBytes();

        table.dropClean(0.5);

        assertThat(table.cleanBytes()).isEqualTo(before / 2);
        int reads = store.reads();
        for (int key = 0; key < 5; key++) {
            assertThat(table.committed("k" + key).state()).isEqualTo("state" + key);
        }
        assertThat(store.reads()).as("these are in memory still").isEqualTo(reads);
        assertThat(table.committed("k7").state()).isEqualTo("state7");
        assertThat(store.reads()).isEqualTo(reads + 1);
    }
}
