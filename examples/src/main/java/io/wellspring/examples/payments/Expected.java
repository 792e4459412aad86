package io.wellspring.examples.payments;

import io.wellspring.examples.payments.Command.Deposit;
import io.wellspring.examples.payments.Command.Withdraw;
import io.wellspring.examples.payments.Input.LoggedIn;
import io.wellspring.examples.payments.Input.Ordered;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What must come out for an input, computed a second time with plain loops: no stage, no matcher and no engine takes part, so that their mistakes
 * cannot hide in it. The accounts are independent of each other; within one the records are taken in order of event time.
 *
 * @param notices by the id of the command
 * @param limits by the id of the login
 * @param alerts by the id of the withdrawal
 * @param balances by account, for those with a command
 */
record Expected(
        Map<Long, Keyed<Notice>> notices,
        Map<Long, Keyed<LimitDecision>> limits,
        Map<Long, Keyed<Alert>> alerts,
        Map<String, Long> balances) {

    /** An output with the account it is keyed by. */
    record Keyed<T>(String account, T value) {}

    static Expected of(Iterable<Input> inputs) {
        Map<String, List<Input>> byAccount = new HashMap<>();
        for (Input input : inputs) {
            byAccount
                    .computeIfAbsent(input.account(), account -> new ArrayList<>())
                    .add(input);
        }
        Expected expected = new Expected(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
        byAccount.forEach((account, records) -> {
            records.sort(Comparator.comparingLong(Input::timeMillis));
            expected.compute(account, records);
        });
        return expected;
    }

    private void compute(String account, List<Input> records) {
        long balance = 0;
        long limit = 100_00;
        boolean used = false;
        var story = new TakeoverSearch();
        for (Input input : records) {
            if (input instanceof Ordered ordered && ordered.command() instanceof Deposit deposit) {
                used = true;
                balance += deposit.cents();
                notice(account, new Notice(deposit.id(), "deposited", deposit.cents(), balance));
                story.other(input.timeMillis());
            } else if (input instanceof Ordered ordered && ordered.command() instanceof Withdraw withdraw) {
                used = true;
                boolean covered = balance >= withdraw.cents();
                balance -= covered ? withdraw.cents() : 0;
                notice(
                        account,
                        new Notice(withdraw.id(), covered ? "withdrawn" : "rejected", withdraw.cents(), balance));
                if (covered && withdraw.cents() > 100_000) {
                    int failed = story.drain(input.timeMillis());
                    if (failed > 0) {
                        Alert alert = new Alert(withdraw.id(), account, withdraw.cents(), failed);
                        alerts.put(alert.id(), new Keyed<>(account, alert));
                    }
                } else {
                    story.other(input.timeMillis());
                }
            } else if (input instanceof LoggedIn loggedIn) {
                Login login = loggedIn.login();
                story.login(input.timeMillis(), login);
                if (login.ok()) {
                    boolean granted = balance >= 50_00;
                    limit = granted ? Math.min(balance * 3, limit * 2) : Math.max(100_00, limit / 2);
                    limits.put(
                            login.id(), new Keyed<>(account, new LimitDecision(login.id(), granted, balance, limit)));
                }
            }
        }
        if (used) {
            balances.put(account, balance);
        }
    }

    private void notice(String account, Notice notice) {
        notices.put(notice.id(), new Keyed<>(account, notice));
    }
}
