package io.wellspring.benchmarks;

import io.wellspring.benchmarks.contestant.Entry;
import java.util.Arrays;

/** The relay's output is the input with its mark set, every other byte unchanged. */
final class RelayCheck extends OutputCheck {
    private final InputPlan plan;
    private final byte[] right = new byte[Entry.BYTES];

    RelayCheck(InputPlan plan) {
        super(plan);
        this.plan = plan;
    }

    @Override
    int valueBytes() {
        return Entry.BYTES;
    }

    @Override
    long number(byte[] value) {
        return Entry.number(value);
    }

    @Override
    boolean isRight(long number, byte[] value) {
        plan.fill(right, number);
        return Arrays.equals(Entry.mark(right), value);
    }
}
