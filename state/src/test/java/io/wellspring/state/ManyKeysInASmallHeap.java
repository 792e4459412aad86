package io.wellspring.state;

import io.wellspring.api.codec.Codecs;
import io.wellspring.api.port.StateStore;
import java.nio.file.Path;
import java.util.List;

/** A process that folds two events of each of a million keys into a table, and keeps it within 16 MB by its own estimates. */
final class ManyKeysInASmallHeap {
    static final int KEYS = 1_000_000;
    private static final int ROUNDS = 2;
    private static final long LIMIT_BYTES = 16L << 20;

    private ManyKeysInASmallHeap() {}

    public static void main(String[] args) {
        sayHowFarOff();
        try (var directory = StateDirectory.open(Path.of(args[0]), "payments");
                var store = directory.task("payments-3")) {
            var table = new StateTable<>("ledger", Codecs.utf8(), Codecs.int64(), store, Integer.MAX_VALUE);
            for (int event = 0; event < ROUNDS * KEYS; event++) {
                String key = "account-" + event % KEYS;
                Entry<Long> before = table.get(key);
                table.replay(
                        key, before == null ? 1 : before.sequence() + 1, (before == null ? 0 : before.state()) + event);
                if (event % 1_000 == 0) {
                    keepWithin(table, store, event);
                }
            }
            long[] seen = new long[2];
            table.forEachCommitted((key, entry) -> {
                seen[0]++;
                seen[1] += entry.sequence() == ROUNDS ? 1 : 0;
            });
            System.out.println("done " + seen[0] + " " + seen[1]);
        }
    }

    private static void keepWithin(StateTable<String, Long> table, StateStore store, int event) {
        if (table.changedBytes() > LIMIT_BYTES / 2) {
            Snapshot snapshot = Snapshot.take(List.of(table), Marks.at(event));
            snapshot.write(store);
            snapshot.settle();
        }
        if (table.changedBytes() + table.cleanBytes() > LIMIT_BYTES) {
            table.dropClean(0.5);
        }
    }

    /** The estimate of a table in percent of the heap that it really takes. */
    private static void sayHowFarOff() {
        var table = new StateTable<>("ledger", Codecs.utf8(), Codecs.int64(), new MemoryStore(), 0);
        long before = used();
        for (int key = 0; key < 100_000; key++) {
            table.replay("account-" + key, 1, 1_000_000L + key);
        }
        System.out.println("estimate " + 100 * table.changedBytes() / (used() - before));
        table.abort();
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
