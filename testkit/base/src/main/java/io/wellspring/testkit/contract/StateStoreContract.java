package io.wellspring.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.InputMark;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import io.wellspring.api.port.StateStore;
import io.wellspring.api.port.StateStore.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What every {@link StateStore} does. A test of an adapter extends it and says how a store is opened. */
public abstract class StateStoreContract {
    /** For the suites of adapters. */
    protected StateStoreContract() {}

    /**
     * Opens the store under test. A test calls it again after it closed the store it had, and expects to find what that one wrote.
     *
     * @return the store; empty at the first call of a test
     */
    protected abstract StateStore open();

    @Test
    void isEmptyAtFirst() {
        try (StateStore store = open()) {
            assertThat(store.mark()).isEmpty();
            assertThat(store.get("ledger", bytes("alice"))).isNull();
            assertThat(rowsOf(store, "ledger")).isEmpty();
        }
    }

    @Test
    void givesBackRowsAndMark() {
        try (StateStore store = open()) {
            store.write(List.of(row("ledger", "alice", "100"), row("ledger", "bob", "")), mark(7));
            assertThat(store.get("ledger", bytes("alice"))).isEqualTo(bytes("100"));
            assertThat(store.get("ledger", bytes("bob")))
                    .as("an empty value is a value")
                    .isEmpty();
            assertThat(store.get("ledger", bytes("carol"))).isNull();
            assertThat(store.mark()).contains(mark(7));
        }
    }

    @Test
    void keepsRowsAndMarkOverACloseAndReopen() {
        try (StateStore store = open()) {
            store.write(List.of(row("ledger", "alice", "100")), mark(1));
            store.write(List.of(row("ledger", "bob", "7")), mark(2));
        }
        try (StateStore store = open()) {
            assertThat(rowsOf(store, "ledger")).isEqualTo(Map.of("alice", "100", "bob", "7"));
            assertThat(store.mark()).contains(mark(2));
        }
    }

    @Test
    void replacesAndDeletesRows() {
        try (StateStore store = open()) {
            store.write(List.of(row("ledger", "alice", "100"), row("ledger", "bob", "7")), mark(1));
            store.write(List.of(row("ledger", "alice", "200"), deletion("ledger", "bob")), mark(2));
            store.write(List.of(deletion("ledger", "never there")), mark(3));
            assertThat(rowsOf(store, "ledger")).isEqualTo(Map.of("alice", "200"));
            assertThat(store.get("ledger", bytes("bob"))).isNull();
        }
    }

    @Test
    void movesTheMarkWithoutAChangeOfRows() {
        try (StateStore store = open()) {
            store.write(List.of(row("ledger", "alice", "100")), mark(1));
            store.write(List.of(), mark(2));
            assertThat(store.mark()).contains(mark(2));
            assertThat(rowsOf(store, "ledger")).isEqualTo(Map.of("alice", "100"));
        }
    }

    @Test
    void keepsStagesApartHoweverTheirNamesAndKeysBegin() {
        try (StateStore store = open()) {
            List<String> stages = List.of("a", "aa", "aaa", "b", "x".repeat(100));
            List<Row> rows = new ArrayList<>();
            for (String stage : stages) {
                for (String key : List.of("", "a", "aa", "aaa", "b")) {
                    rows.add(row(stage, key, stage + "/" + key));
                }
            }
            store.write(rows, mark(1));
            for (String stage : stages) {
                Map<String, String> expected = new HashMap<>();
                for (String key : List.of("", "a", "aa", "aaa", "b")) {
                    expected.put(key, stage + "/" + key);
                    assertThat(store.get(stage, bytes(key))).isEqualTo(bytes(stage + "/" + key));
                }
                assertThat(rowsOf(store, stage)).isEqualTo(expected);
            }
            assertThat(rowsOf(store, "aaaa")).isEmpty();
        }
    }

    @Test
    void visitsRowsInTheOrderOfTheirKeysUnsignedBytes() {
        var random = new Random(42);
        var expected = new TreeMap<byte[], byte[]>(Arrays::compareUnsigned);
        for (int count = 0; count < 1_000; count++) {
            byte[] key = new byte[random.nextInt(6)];
            random.nextBytes(key);
            expected.put(key, bytes("value " + count));
        }
        expected.put(new byte[] {-1, -1, -1, -1, -1, -1, -1}, bytes("last"));
        List<Row> rows = new ArrayList<>();
        expected.forEach((key, value) -> rows.add(new Row("ledger", key, value)));
        Collections.shuffle(rows, random);
        try (StateStore store = open()) {
            store.write(rows, mark(1));
            List<byte[]> keys = new ArrayList<>();
            List<byte[]> values = new ArrayList<>();
            store.forEach("ledger", (key, value) -> {
                keys.add(key);
                values.add(value);
            });
            assertThat(keys.toArray(byte[][]::new))
                    .isDeepEqualTo(expected.keySet().toArray(byte[][]::new));
            assertThat(values.toArray(byte[][]::new))
                    .isDeepEqualTo(expected.values().toArray(byte[][]::new));
        }
    }

    @Test
    void givesBackALargeRow() {
        byte[] large = new byte[5_000_000];
        new Random(1).nextBytes(large);
        try (StateStore store = open()) {
            store.write(List.of(new Row("ledger", bytes("alice"), large)), mark(1));
        }
        try (StateStore store = open()) {
            assertThat(store.get("ledger", bytes("alice"))).isEqualTo(large);
        }
    }

    @Test
    void forgetsEverythingWhenCleared() {
        try (StateStore store = open()) {
            store.write(List.of(row("ledger", "alice", "100"), row("x".repeat(100), "bob", "7")), mark(1));
            store.clear();
            assertThat(store.mark()).isEmpty();
            assertThat(store.get("ledger", bytes("alice"))).isNull();
            assertThat(rowsOf(store, "x".repeat(100))).isEmpty();
            store.write(List.of(row("ledger", "carol", "1")), mark(2));
        }
        try (StateStore store = open()) {
            assertThat(rowsOf(store, "ledger")).isEqualTo(Map.of("carol", "1"));
            assertThat(store.mark()).contains(mark(2));
        }
    }

    @Test
    void neverShowsAPartOfASnapshotToAnotherThread() {
        int snapshots = 300;
        try (StateStore store = open()) {
            store.write(generation(0), mark(0));
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                for (int number = 1; number <= snapshots; number++) {
                    store.write(generation(number), mark(number));
                }
            });
            long seen = 0;
            while (seen < snapshots) {
                if (writer.isCompletedExceptionally()) {
                    writer.join();
                }
                long first = number(store.get("ledger", bytes("key-0")));
                long last = number(store.get("limits", bytes("key-9")));
                long marked = store.mark().orElseThrow().inputs().get(0).position();
                assertThat(first).as("reads go forward").isGreaterThanOrEqualTo(seen);
                assertThat(last).as("a row of the same snapshot").isGreaterThanOrEqualTo(first);
                assertThat(marked).as("the mark of the same snapshot").isGreaterThanOrEqualTo(last);
                assertThat(rowsOf(store, "ledger").values().stream().distinct())
                        .as("one visit, one snapshot")
                        .hasSize(1);
                seen = marked;
            }
            writer.join();
        }
    }

    @Test
    void closesTwice() {
        StateStore store = open();
        store.close();
        store.close();
    }

    private static List<Row> generation(int number) {
        List<Row> rows = new ArrayList<>();
        for (String stage : List.of("ledger", "limits")) {
            for (int key = 0; key < 10; key++) {
                rows.add(row(stage, "key-" + key, Integer.toString(number)));
            }
        }
        return rows;
    }

    private static long number(byte[] value) {
        return Long.parseLong(new String(value, UTF_8));
    }

    private static Map<String, String> rowsOf(StateStore store, String stage) {
        Map<String, String> rows = new HashMap<>();
        store.forEach(stage, (key, value) -> rows.put(new String(key, UTF_8), new String(value, UTF_8)));
        return rows;
    }

    private static SnapshotMark mark(long position) {
        return new SnapshotMark(
                "payments",
                "payments-3",
                List.of(new JournalMark(
                        "ledger", "payments.ledger", "pSm4-Zq5QkSyLRsxvTtWLg", position, 7, "keys=utf8")),
                List.of(new InputMark("commands", position)),
                position - 1,
                position + 1);
    }

    private static Row row(String stage, String key, String value) {
        return new Row(stage, bytes(key), bytes(value));
    }

    private static Row deletion(String stage, String key) {
        return new Row(stage, bytes(key), null);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
