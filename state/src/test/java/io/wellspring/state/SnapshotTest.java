package io.wellspring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.CodecException;
import io.wellspring.api.error.RetryableException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    private final MemoryStore store = new MemoryStore();
    private final StateTable<String, String> ledger = open("ledger");
    private final StateTable<String, String> limits = open("limits");

    private StateTable<String, String> open(String stage) {
        return new StateTable<>(stage, new TextCodec(), new TextCodec(), store, 10);
    }

    @Test
    void writesAllStagesOfATaskWithTheirMarkOnAnotherThreadWhileTheTaskGoesOn() {
        commit(ledger, "alice", 1, "100");
        commit(limits, "alice", 1, "3");
        Snapshot snapshot = Snapshot.take(List.of(ledger, limits), Marks.at(1));
        assertThat(snapshot.size()).isEqualTo(2);

        var writing = CompletableFuture.runAsync(() -> snapshot.write(store));
        commit(ledger, "alice", 2, "200");
        writing.join();
        assertThat(snapshot.settle()).isTrue();

        assertThat(store.mark()).contains(Marks.at(1));
        assertThat(open("ledger").get("alice")).isEqualTo(new Entry<>(1, "100"));
        assertThat(open("limits").get("alice")).isEqualTo(new Entry<>(1, "3"));
        assertThat(ledger.get("alice")).isEqualTo(new Entry<>(2, "200"));
        assertThat(ledger.dirty()).isEqualTo(1);
        assertThat(limits.dirty()).isZero();
    }

    @Test
    void leavesTheChangesToTheNextSnapshotWhenTheDiskRefusesThem() {
        commit(ledger, "alice", 1, "100");
        commit(ledger, "bob", 1, "7");
        Snapshot refused = Snapshot.take(List.of(ledger, limits), Marks.at(1));
        commit(ledger, "alice", 2, "200");
        store.failNextWrite();
        assertThatThrownBy(() -> refused.write(store)).isInstanceOf(RetryableException.class);
        assertThat(refused.settle()).isFalse();
        assertThat(store.mark()).isEmpty();

        Snapshot next = Snapshot.take(List.of(ledger, limits), Marks.at(2));
        next.write(store);
        assertThat(next.settle()).isTrue();
        assertThat(open("ledger").get("alice")).isEqualTo(new Entry<>(2, "200"));
        assertThat(open("ledger").get("bob")).isEqualTo(new Entry<>(1, "7"));
    }

    @Test
    void writesNothingWhenOneStateHasNoEncoding() {
        commit(ledger, "alice", 1, "100");
        commit(limits, "alice", 1, TextCodec.POISON);
        Snapshot snapshot = Snapshot.take(List.of(ledger, limits), Marks.at(1));
        assertThatThrownBy(() -> snapshot.write(store))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("'limits'");
        assertThat(snapshot.settle()).isFalse();
        assertThat(store.mark()).isEmpty();
        assertThat(ledger.dirty()).isEqualTo(1);
    }

    @Test
    void freezesNothingWhenOneTableIsInATransaction() {
        commit(ledger, "alice", 1, "100");
        limits.put("alice", 1, "3");
        assertThatThrownBy(() -> Snapshot.take(List.of(ledger, limits), Marks.at(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'limits'");
        limits.abort();
        Snapshot.take(List.of(ledger, limits), Marks.at(1)).write(store);
        assertThat(open("ledger").get("alice")).isEqualTo(new Entry<>(1, "100"));
    }

    @Test
    void givesTheChangesBackWhenItWasNeverWritten() {
        commit(ledger, "alice", 1, "100");
        Snapshot snapshot = Snapshot.take(List.of(ledger), Marks.at(1));
        assertThat(snapshot.settle()).isFalse();
        assertThat(ledger.dirty()).isEqualTo(1);
        assertThatThrownBy(() -> snapshot.write(store)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(snapshot::settle).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void isWrittenOnlyOnce() {
        Snapshot snapshot = Snapshot.take(List.of(ledger), Marks.at(1));
        snapshot.write(store);
        assertThatThrownBy(() -> snapshot.write(store))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("WRITTEN");
    }

    private static void commit(StateTable<String, String> table, String key, long sequence, String state) {
        table.put(key, sequence, state);
        table.endRecord();
        table.commit();
    }
}
