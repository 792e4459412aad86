package io.wellspring.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.CodecException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.StateStore.Row;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateTableTest {
    private final MemoryStore store = new MemoryStore();
    private StateTable<String, String> table = open();

    private StateTable<String, String> open() {
        return new StateTable<>("ledger", new TextCodec(), new TextCodec(), store, 2);
    }

    @Test
    void keepsWhatIsUncommittedFromCommittedReads() {
        table.put("alice", 1, "100");
        assertThat(table.get("alice")).isEqualTo(new Entry<>(1, "100"));
        assertThat(table.committed("alice")).isNull();
        assertThat(table.dirty()).isZero();

        table.commit();
        assertThat(table.committed("alice")).isEqualTo(new Entry<>(1, "100"));
        assertThat(table.dirty()).isEqualTo(1);
    }

    @Test
    void dropsWithAnAbortWhatEarlierRecordsOfTheTransactionPut() {
        table.put("alice", 1, "100");
        table.endRecord();
        table.put("alice", 2, "200");
        table.abort();
        assertThat(table.get("alice")).isNull();
    }

    @Test
    void takesBackOneRecordAndKeepsTheTransactionsOthers() {
        table.put("alice", 1, "100");
        table.endRecord();
        int savepoint = table.savepoint();
        table.put("alice", 2, "200");
        table.put("bob", 1, "7");
        table.put("alice", 3, null);
        table.rollbackTo(savepoint);
        assertThat(table.get("alice")).isEqualTo(new Entry<>(1, "100"));
        assertThat(table.get("bob")).isNull();
    }

    @Test
    void refusesASavepointOfARecordThatHasEnded() {
        table.put("alice", 1, "100");
        int savepoint = table.savepoint();
        table.endRecord();
        assertThatThrownBy(() -> table.rollbackTo(savepoint))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("savepoint=1 of stage 'ledger' is outside 0..0; a savepoint holds until its record ends");
    }

    @Test
    void showsAForgottenKeyWithoutStateUntilItsRowIsDeleted() {
        snapshotOf("alice", "100");
        table.put("alice", 2, null);
        table.commit();
        assertThat(table.get("alice")).isEqualTo(new Entry<>(2, null));

        Snapshot snapshot = Snapshot.take(List.of(table), Marks.at(2));
        assertThat(table.get("alice")).isEqualTo(new Entry<>(2, null));
        snapshot.write(store);
        snapshot.settle();
        assertThat(table.get("alice")).isNull();
        assertThat(open().get("alice")).isNull();
    }

    @Test
    void readsNothingFromAStoreThatNeverHeldASnapshot() {
        assertThat(table.get("alice")).isNull();
        table.put("alice", 1, "100");
        table.commit();
        assertThat(table.get("bob")).isNull();
        assertThat(store.reads()).isZero();
    }

    @Test
    void asksTheStoreOnceForAKeyItDoesNotHave() {
        snapshotOf("alice", "100");
        assertThat(table.get("bob")).isNull();
        assertThat(table.get("bob")).isNull();
        assertThat(store.reads()).isEqualTo(1);
    }

    @Test
    void keepsOnlySoManyCleanStatesAsObjects() {
        for (String key : List.of("a", "b", "c")) {
            snapshotOf(key, "1");
        }
        table.get("b");
        table.get("c");
        assertThat(store.reads()).as("the two written last are kept").isZero();
        assertThat(table.get("a")).isEqualTo(new Entry<>(1, "1"));
        assertThat(store.reads()).isEqualTo(1);
    }

    @Test
    void refusesToFreezeOrReplayInTheMiddleOfATransaction() {
        table.put("alice", 1, "100");
        assertThatThrownBy(table::freeze)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'ledger'")
                .hasMessageContaining("1 of its keys")
                .hasMessageContaining("commit or abort first");
        assertThatThrownBy(() -> table.replay("alice", 1, "100")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesToFreezeTwiceAndToThawWhatIsNotFrozen() {
        assertThatThrownBy(table::thaw).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(table::unfreeze).isInstanceOf(IllegalStateException.class);
        table.freeze();
        assertThatThrownBy(table::freeze)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("frozen already");
    }

    @Test
    void encodesAHotKeyOnceASnapshot() {
        for (int sequence = 1; sequence <= 1_000; sequence++) {
            table.put("alice", sequence, "state " + sequence);
            table.endRecord();
            table.commit();
        }
        List<Row> rows = table.freeze().encode();
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).value()).startsWith(0xe8, 0x07).endsWith("state 1000".getBytes(UTF_8));
    }

    @Test
    void survivesATransactionOfManyKeys() {
        for (int key = 0; key < 20_000; key++) {
            table.put("key-" + key, 1, "1");
            table.endRecord();
        }
        table.commit();
        table.put("alice", 1, "100");
        table.abort();
        assertThat(table.dirty()).isEqualTo(20_000);
        assertThat(table.get("alice")).isNull();
        assertThat(table.get("key-19999")).isEqualTo(new Entry<>(1, "1"));
    }

    @Test
    void namesStageAndKeyOfAStateThatCannotBeWritten() {
        table.put("alice", 1, TextCodec.POISON);
        table.commit();
        assertThatThrownBy(table.freeze()::encode)
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("'alice'")
                .hasMessageContaining("'ledger'")
                .hasMessageContaining("it is poison");
    }

    @Test
    void namesStageAndKeyAndRemedyOfARowThatCannotBeRead() {
        byte[] poison = RowValue.encode(1, TextCodec.POISON.getBytes(UTF_8));
        byte[] endless = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
        for (byte[] row : List.of(poison, endless, new byte[0])) {
            store.write(List.of(new Row("ledger", "alice".getBytes(UTF_8), row)), Marks.at(1));
            assertThatThrownBy(() -> open().get("alice"))
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining("'ledger'")
                    .hasMessageContaining("'alice'")
                    .hasMessageContaining("replayed from the journal");
        }
    }

    @Test
    void visitsWhatIsOnDiskAndWhatIsNot() {
        snapshotOf("alice", "100");
        snapshotOf("bob", "7");
        table.put("bob", 2, "8");
        table.commit();
        table.freeze();
        table.put("carol", 1, "1");
        table.commit();
        table.put("dave", 1, "uncommitted");
        List<String> visited = new ArrayList<>();
        table.forEachCommitted((key, entry) -> visited.add(key + "=" + entry.state()));
        assertThat(visited).containsExactlyInAnyOrder("alice=100", "bob=8", "carol=1");
    }

    private void snapshotOf(String key, String state) {
        table.put(key, 1, state);
        table.commit();
        Snapshot snapshot = Snapshot.take(List.of(table), Marks.at(1));
        snapshot.write(store);
        assertThat(snapshot.settle()).isTrue();
    }
}
