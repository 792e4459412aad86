package io.wellspring.benchmarks;

import io.wellspring.benchmarks.EntryPattern.Found;
import io.wellspring.benchmarks.EntryPattern.Noted;
import io.wellspring.benchmarks.contestant.Receipt;
import io.wellspring.cep.Matching;
import java.util.HashMap;
import java.util.Map;

/** The outputs are the matches that the same pattern has in memory. */
final class PatternCheck extends OutputCheck {
    private final InputPlan plan;
    /** By the number of the entry that completes them, the number of their first. */
    private final Map<Long, Long> matches = new HashMap<>();

    PatternCheck(InputPlan plan) {
        super(plan);
        this.plan = plan;
        Matching<Integer> matching = Matching.of(
                EntryPattern.pattern(), (Integer account, Found found) -> matches.put(found.last(), found.first()));
        for (long number = 0; number < plan.records(); number++) {
            matching.event(plan.account(number), Noted.of(number, plan.cents(number)), number);
        }
    }

    @Override
    int expected() {
        return matches.size();
    }

    /** Matches lie evenly among the entries. */
    @Override
    int worked() {
        return (int) ((long) distinct() * plan.records() / matches.size());
    }

    @Override
    int valueBytes() {
        return Receipt.BYTES;
    }

    @Override
    long number(byte[] value) {
        return Receipt.number(value);
    }

    @Override
    boolean isRight(long number, byte[] value) {
        Long first = matches.get(number);
        return first != null && first == Receipt.balanceCents(value);
    }
}
