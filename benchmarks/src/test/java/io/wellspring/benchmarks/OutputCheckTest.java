package io.wellspring.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.benchmarks.contestant.Entry;
import io.wellspring.benchmarks.contestant.Receipt;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OutputCheckTest {
    private static final int RECORDS = 1_000;
    private final InputPlan plan = new InputPlan(RECORDS, 10, 42);
    private final OutputCheck relay = Workload.RELAY.check(plan);
    private final OutputCheck ledger = Workload.LEDGER.check(plan);

    @Test
    void acceptsARelayThatAnswersEveryInputOnce() {
        for (int number = 0; number < RECORDS; number++) {
            relay.accept(plan.key(number), relayed(number));
        }
        assertThat(relay.verdict()).isEqualTo(new Verdict(0, 0, 0, 0, ""));
        assertThat(relay.verdict().isClean()).isTrue();
    }

    @Test
    void acceptsAccountsThatOvertakeEachOther() {
        for (int account = 0; account < plan.accounts(); account++) {
            for (int number = 0; number < RECORDS; number++) {
                if (plan.account(number) == account) {
                    relay.accept(plan.key(number), relayed(number));
                }
            }
        }
        assertThat(relay.verdict().isClean()).isTrue();
    }

    @Test
    void refusesAMissingOutput() {
        for (int number = 1; number < RECORDS; number++) {
            relay.accept(plan.key(number), relayed(number));
        }
        assertThat(relay.verdict().missing()).isEqualTo(1);
        assertThat(relay.verdict().isClean()).isFalse();
    }

    @Test
    void refusesADuplicateEvenWhenTheCountIsRight() {
        for (int number = 0; number < RECORDS - 1; number++) {
            relay.accept(plan.key(number), relayed(number));
        }
        relay.accept(plan.key(5), relayed(5));
        assertThat(relay.distinct()).isEqualTo(RECORDS - 1);
        assertThat(relay.verdict()).isEqualTo(new Verdict(1, 1, 0, 0, "input 5 was answered twice"));
    }

    @Test
    void refusesAnInputThatWasRelayedUnchanged() {
        relay.accept(plan.key(0), plan.value(0));
        assertThat(relay.verdict().wrong()).isEqualTo(1);
    }

    @Test
    void refusesAChangeOfAnyOtherByte() {
        for (int at = 0; at < Entry.BYTES; at++) {
            OutputCheck check = Workload.RELAY.check(plan);
            byte[] output = relayed(0);
            output[at] ^= 1;
            check.accept(plan.key(0), output);
            assertThat(check.verdict().isClean()).as("byte %d", at).isFalse();
            assertThat(check.verdict().wrong()).as("byte %d", at).isEqualTo(1);
        }
    }

    @Test
    void refusesAnotherKey() {
        relay.accept(bytes(Integer.toString(plan.account(0) + 1)), relayed(0));
        relay.accept(bytes("0" + plan.account(1)), relayed(1));
        relay.accept(bytes(""), relayed(2));
        relay.accept(null, relayed(3));
        assertThat(relay.verdict().wrong()).isEqualTo(4);
    }

    @Test
    void refusesAnOutputThatAnswersNoInput() {
        relay.accept(plan.key(RECORDS), relayed(RECORDS));
        relay.accept(bytes("1"), new byte[3]);
        relay.accept(bytes("1"), null);
        assertThat(relay.verdict().wrong()).isEqualTo(3);
        assertThat(relay.distinct()).isZero();
    }

    @Test
    void refusesAnAccountThatIsOutOfOrder() {
        int later = RECORDS - 1;
        while (plan.account(later) != plan.account(0)) {
            later--;
        }
        relay.accept(plan.key(later), relayed(later));
        relay.accept(plan.key(0), relayed(0));
        assertThat(relay.verdict().outOfOrder()).isEqualTo(1);
        assertThat(relay.verdict().isClean()).isFalse();
    }

    @Test
    void acceptsTheRunningBalancesOfALedger() {
        long[] balances = new long[plan.accounts()];
        for (int number = 0; number < RECORDS; number++) {
            balances[plan.account(number)] += plan.cents(number);
            ledger.accept(plan.key(number), Receipt.of(number, balances[plan.account(number)]));
        }
        assertThat(ledger.verdict().isClean()).isTrue();
    }

    @Test
    void refusesABalanceThatForgotAnEarlierEntry() {
        int second = 1;
        while (plan.account(second) != plan.account(0)) {
            second++;
        }
        ledger.accept(plan.key(second), Receipt.of(second, plan.cents(second)));
        assertThat(plan.cents(0)).isNotZero();
        assertThat(ledger.verdict().wrong()).isEqualTo(1);
    }

    private byte[] relayed(long number) {
        return Entry.mark(plan.value(number));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
