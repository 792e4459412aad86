package io.wellspring.state;

import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.InputMark;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import java.util.List;

/** Marks for tests, told apart by a position. */
final class Marks {
    private Marks() {}

    static SnapshotMark at(long position) {
        return new SnapshotMark(
                "payments",
                "payments-3",
                List.of(new JournalMark(
                        "ledger", "payments.ledger", "pSm4-Zq5QkSyLRsxvTtWLg", position, 7, "keys=utf8")),
                List.of(new InputMark("commands", position / 2), new InputMark("logins", position / 3)),
                1_700_000_000_000L + position,
                Long.MIN_VALUE);
    }
}
