package io.wellspring.benchmarks;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Compares outputs with what the input plan says they must be: each input answered exactly once, under its own key, with
 * the right value, and in order within an account. Used by one thread.
 */
abstract class OutputCheck {
    private final InputPlan plan;
    private final BitSet answered;
    private final long[] latestOfAccount;
    private int distinct;
    private long duplicate;
    private long wrong;
    private long outOfOrder;
    private String first = "";

    OutputCheck(InputPlan plan) {
        this.plan = plan;
        this.answered = new BitSet(plan.records());
        this.latestOfAccount = new long[plan.accounts()];
        Arrays.fill(latestOfAccount, -1);
    }

    /** The length that every value must have. */
    abstract int valueBytes();

    /** The number of the input that a value of the right length says it answers. */
    abstract long number(byte[] value);

    /** Whether a value of the right length is the right answer to an input. */
    abstract boolean isRight(long number, byte[] value);

    /** Takes the next output of its partition. */
    final void accept(byte[] key, byte[] value) {
        if (value == null || value.length != valueBytes()) {
            wrong++;
            note("a value of " + (value == null ? "null" : value.length + " bytes") + " instead of " + valueBytes());
            return;
        }
        long number = number(value);
        if (number < 0 || number >= plan.records()) {
            wrong++;
            note("input number " + number + " is outside 0.." + (plan.records() - 1));
            return;
        }
        int account = plan.account(number);
        if (!isDecimal(key, account)) {
            wrong++;
            note("the key of input " + number + " is not " + account);
        } else if (!isRight(number, value)) {
            wrong++;
            note("the value for input " + number + " of account " + account + " is wrong");
        }
        if (answered.get((int) number)) {
            duplicate++;
            note("input " + number + " was answered twice");
            return;
        }
        answered.set((int) number);
        distinct++;
        if (number < latestOfAccount[account]) {
            outOfOrder++;
            note("input " + number + " of account " + account + " came after " + latestOfAccount[account]);
        }
        latestOfAccount[account] = Math.max(latestOfAccount[account], number);
    }

    private void note(String finding) {
        if (first.isEmpty()) {
            first = finding;
        }
    }

    /** How many inputs have been answered. */
    final int distinct() {
        return distinct;
    }

    /** How many inputs want an answer. */
    int expected() {
        return plan.records();
    }

    /** About how many inputs have been worked on. */
    int worked() {
        return distinct;
    }

    final Verdict verdict() {
        return new Verdict(expected() - distinct, duplicate, wrong, outOfOrder, first);
    }

    private static boolean isDecimal(byte[] key, int number) {
        if (key == null || key.length == 0 || key.length > 10 || (key[0] == '0' && key.length > 1)) {
            return false;
        }
        long read = 0;
        for (byte digit : key) {
            if (digit < '0' || digit > '9') {
                return false;
            }
            read = read * 10 + (digit - '0');
        }
        return read == number;
    }
}
