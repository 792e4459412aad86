package io.wellspring.benchmarks;

import java.util.Locale;

/** What the contestants do. */
enum Workload {
    RELAY("consume, change one byte, produce; exactly once"),
    LEDGER("a durable running balance for each account, one receipt for each entry; exactly once"),
    PATTERN("a sequence of three steps among the entries of an account, matched by a durable stage; exactly once");

    private final String meaning;

    Workload(String meaning) {
        this.meaning = meaning;
    }

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    String meaning() {
        return meaning;
    }

    OutputCheck check(InputPlan plan) {
        return switch (this) {
            case RELAY -> new RelayCheck(plan);
            case LEDGER -> new LedgerCheck(plan);
            case PATTERN -> new PatternCheck(plan);
        };
    }
}
