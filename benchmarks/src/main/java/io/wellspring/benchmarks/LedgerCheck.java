package io.wellspring.benchmarks;

import io.wellspring.benchmarks.contestant.Receipt;

/** The ledger's output carries the account's balance after the entry; all balances are computed beforehand. */
final class LedgerCheck extends OutputCheck {
    private final long[] balanceAfter;

    LedgerCheck(InputPlan plan) {
        super(plan);
        balanceAfter = new long[plan.records()];
        long[] balanceOfAccount = new long[plan.accounts()];
        for (int number = 0; number < balanceAfter.length; number++) {
            int account = plan.account(number);
            balanceOfAccount[account] += plan.cents(number);
            balanceAfter[number] = balanceOfAccount[account];
        }
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
        return Receipt.balanceCents(value) == balanceAfter[(int) number];
    }
}
