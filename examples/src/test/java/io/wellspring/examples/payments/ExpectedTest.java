package io.wellspring.examples.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.examples.payments.Command.Deposit;
import io.wellspring.examples.payments.Command.Withdraw;
import io.wellspring.examples.payments.Expected.Keyed;
import io.wellspring.examples.payments.Input.LoggedIn;
import io.wellspring.examples.payments.Input.Ordered;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpectedTest {
    private static final String ALICE = "alice";
    private static final String THIEF = "203.0.113.9";
    private static final long MINUTE = 60_000;

    private final List<Input> story = new ArrayList<>();
    private long nextId = 1;

    @Test
    void anOverdraftIsRejectedAndLeavesTheBalance() {
        deposit(1, 100_00);
        withdraw(2, 100_01);
        withdraw(3, 100_00);

        Expected expected = Expected.of(story);

        assertThat(expected.notices())
                .containsOnly(
                        entry(1, new Notice(1, "deposited", 100_00, 100_00)),
                        entry(2, new Notice(2, "rejected", 100_01, 100_00)),
                        entry(3, new Notice(3, "withdrawn", 100_00, 0)));
        assertThat(expected.balances()).containsOnly(Map.entry(ALICE, 0L));
    }

    @Test
    void aLimitFollowsTheBalanceAtTheTimeOfTheLogin() {
        login(1, true, "ip");
        deposit(2, 60_00);
        login(3, true, "ip");
        deposit(4, 1_000_00);
        login(5, true, "ip");

        assertThat(Expected.of(story).limits())
                .containsOnly(
                        entry(1, new LimitDecision(1, false, 0, 100_00)),
                        entry(3, new LimitDecision(3, true, 60_00, 180_00)),
                        entry(5, new LimitDecision(5, true, 1_060_00, 360_00)));
    }

    @Test
    void aFailedLoginGetsNoLimitDecision() {
        login(1, false, "ip");

        assertThat(Expected.of(story).limits()).isEmpty();
    }

    @Test
    void recordsAreTakenInOrderOfTheirTimesHoweverTheyAreRead() {
        deposit(1, 100_00);
        withdraw(2, 80_00);
        login(3, true, "ip");
        Expected inOrder = Expected.of(story);
        Collections.reverse(story);

        assertThat(Expected.of(story)).isEqualTo(inOrder);
        assertThat(inOrder.balances()).containsEntry(ALICE, 20_00L);
    }

    @Test
    void aTakeoverIsFound() {
        attack(3, THIEF);
        withdraw(9, 2_000_00);

        assertThat(Expected.of(story).alerts()).containsOnly(entry(6, new Alert(6, ALICE, 2_000_00, 3)));
    }

    @Test
    void oneTakeoverIsReportedOnceWithAllItsFailures() {
        attack(5, THIEF);
        withdraw(9, 1_500_00);
        withdraw(10, 1_500_00);

        assertThat(Expected.of(story).alerts()).containsOnly(entry(8, new Alert(8, ALICE, 1_500_00, 5)));
    }

    @Test
    void anotherMomentBetweenEntryAndDrainDoesNotMatter() {
        attack(3, THIEF);
        deposit(8, 1_00);
        login(9, true, THIEF);
        withdraw(10, 2_000_00);

        assertThat(Expected.of(story).alerts()).hasSize(1);
    }

    @Test
    void failuresBeforeTheWindowDoNotCount() {
        deposit(1, 5_000_00);
        login(2, false, THIEF);
        login(3, false, THIEF);
        login(MINUTE, false, THIEF);
        login(MINUTE + 1, true, THIEF);
        withdraw(10 * MINUTE + 3, 2_000_00);

        assertThat(Expected.of(story).alerts()).isEmpty();
    }

    @Test
    void tenMinutesSharpIsTooLateAndAMillisecondLessIsNot() {
        attack(3, THIEF);
        withdraw(2 + 10 * MINUTE, 2_000_00);
        assertThat(Expected.of(story).alerts()).isEmpty();

        story.remove(story.size() - 1);
        withdraw(1 + 10 * MINUTE, 2_000_00);
        assertThat(Expected.of(story).alerts()).hasSize(1);
    }

    @Test
    void twoFailuresAreATypingMistake() {
        attack(2, THIEF);
        withdraw(9, 2_000_00);

        assertThat(Expected.of(story).alerts()).isEmpty();
    }

    @Test
    void anEntryFromElsewhereIsNone() {
        attack(3, "198.51.100.7");
        withdraw(9, 2_000_00);

        assertThat(Expected.of(story).alerts()).isEmpty();
    }

    @Test
    void aDepositBetweenLastFailureAndEntryBreaksTheChain() {
        deposit(1, 5_000_00);
        login(2, false, THIEF);
        login(3, false, THIEF);
        login(4, false, THIEF);
        deposit(5, 1_00);
        login(6, true, THIEF);
        withdraw(9, 2_000_00);

        assertThat(Expected.of(story).alerts()).isEmpty();
    }

    @Test
    void aSmallOrUncoveredWithdrawalIsNoDrain() {
        attack(3, THIEF);
        withdraw(9, 1_000_00);
        withdraw(10, 1_000_000_00);

        assertThat(Expected.of(story).alerts()).isEmpty();
    }

    /** A deposit, failures from the thief's address, and an entry. */
    private void attack(int failures, String entryFrom) {
        deposit(1, 5_000_00);
        for (int i = 0; i < failures; i++) {
            login(2 + i, false, THIEF);
        }
        login(2 + failures, true, entryFrom);
    }

    private void deposit(long timeMillis, long cents) {
        story.add(new Ordered(timeMillis, ALICE, new Deposit(nextId++, cents)));
    }

    private void withdraw(long timeMillis, long cents) {
        story.add(new Ordered(timeMillis, ALICE, new Withdraw(nextId++, cents)));
    }

    private void login(long timeMillis, boolean ok, String ip) {
        story.add(new LoggedIn(timeMillis, ALICE, new Login(nextId++, ok, ip)));
    }

    private static <T> Map.Entry<Long, Keyed<T>> entry(long id, T value) {
        return Map.entry(id, new Keyed<>(ALICE, value));
    }
}
