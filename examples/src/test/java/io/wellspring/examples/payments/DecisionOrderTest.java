package io.wellspring.examples.payments;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.examples.payments.Command.Deposit;
import io.wellspring.examples.payments.Command.Withdraw;
import io.wellspring.examples.payments.Input.LoggedIn;
import io.wellspring.examples.payments.Input.Ordered;
import io.wellspring.examples.payments.LimitEvent.Granted;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.JournalEntry.Cause;
import io.wellspring.journal.JournalFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** One account, whose commands and logins met in another order than that of their event times. */
class DecisionOrderTest {
    private static final String ACCOUNT = "a";

    private final TortureInputs inputs = new TortureInputs(100);
    private final List<Ordered> commands = new ArrayList<>();
    private final List<LoggedIn> logins = new ArrayList<>();
    private final Map<Long, LimitEvent> limitEvents = new HashMap<>();
    private final Map<String, List<ConsumerRecord<byte[], byte[]>>> journals = new HashMap<>();

    @Test
    void theProcessingTimesTellWhichCameFirst() {
        var late = command(1, 1_000, new Deposit(1, 90_00));
        var early = login(2, 2_000, true, "home");
        journal("limits", early, 50);
        journal("ledger", late, 51);

        assertThat(followed().limits().get(2L).value()).isEqualTo(new LimitDecision(2, false, 0, 100_00));
    }

    @Test
    void withinAMillisecondTheBalanceThatTheLimitSawTells() {
        var late = command(1, 1_000, new Deposit(1, 90_00));
        var early = login(2, 2_000, true, "home");
        journal("limits", early, 50);
        journal("ledger", late, 50);
        limitEvents.put(2L, new LimitEvent.Refused(2, 0));

        assertThat(followed().limitEvents()).containsEntry(2L, new LimitEvent.Refused(2, 0));
    }

    @Test
    void whereNothingElseTellsEventTimeDoes() {
        var first = command(1, 1_000, new Deposit(1, 90_00));
        var second = login(2, 2_000, true, "home");
        journal("limits", second, 50);
        journal("ledger", first, 50);

        assertThat(followed().limitEvents()).containsEntry(2L, new Granted(2, 200_00, 90_00));
    }

    @Test
    void aTakeoverIsExpectedAlongTheOrderOfThePatternsJournal() {
        var drain = takeoverWith(60);

        assertThat(followed().alerts().get(drain).value()).isEqualTo(new Alert(drain, ACCOUNT, 2_000_00, 3));
    }

    @Test
    void noTakeoverIsExpectedWhereTheDrainWasDecidedBeforeTheEntry() {
        takeoverWith(54);

        assertThat(followed().alerts()).isEmpty();
        assertThat(followed().outOfTime()).isOne();
    }

    @Test
    void aFailedLoginThatShouldHaveMovedThePatternAndDidNotIsMissed() {
        login(1, 1_000, false, "thief");
        var second = login(2, 2_000, false, "thief");
        journal("takeover", second, 50);

        assertThat(followed().unmoved()).isOne();
    }

    @Test
    void aFailedLoginOlderThanWhatMovedThePatternLastIsPassedOver() {
        var drained = command(1, 2_000, new Deposit(1, 5));
        login(2, 1_000, false, "thief");
        journal("ledger", drained, 50);
        journal("takeover", drained, 50);

        assertThat(followed().unmoved()).isZero();
    }

    /** Three failures and an entry at 51 to 55, and a drain, by event time behind them, decided at the given time. */
    private long takeoverWith(long drainMillis) {
        var deposit = command(1, 1_000, new Deposit(1, 5_000_00));
        journal("ledger", deposit, 40);
        for (int id = 2; id <= 4; id++) {
            journal("takeover", login(id, 1_000L * id, false, "thief"), 49 + id);
        }
        var drain = command(6, 9_000, new Withdraw(6, 2_000_00));
        journal("ledger", drain, drainMillis);
        var entry = login(5, 5_000, true, "thief");
        if (drainMillis > 55) {
            journal("takeover", entry, 55);
            journal("takeover", drain, drainMillis);
        }
        journal("limits", entry, 55);
        return 6;
    }

    private Ordered command(long id, long timeMillis, Command command) {
        var ordered = new Ordered(timeMillis, ACCOUNT, command);
        inputs.add("commands", 0, commands.size(), ordered);
        commands.add(ordered);
        assertThat(command.id()).isEqualTo(id);
        return ordered;
    }

    private LoggedIn login(long id, long timeMillis, boolean ok, String ip) {
        var login = new LoggedIn(timeMillis, ACCOUNT, new Login(id, ok, ip));
        inputs.add("logins", 0, logins.size(), login);
        logins.add(login);
        return login;
    }

    private void journal(String stage, Input cause, long processedMillis) {
        var records = journals.computeIfAbsent(stage, name -> new ArrayList<>());
        boolean command = cause instanceof Ordered;
        long offset = command ? commands.indexOf(cause) : logins.indexOf(cause);
        byte[] key = ACCOUNT.getBytes(UTF_8);
        var entry = new JournalEntry(
                key,
                new byte[0],
                records.size() + 1,
                0,
                1,
                cause.timeMillis(),
                processedMillis,
                new Cause(command ? "commands" : "logins", offset));
        records.add(new ConsumerRecord<>(stage, 0, records.size(), key, JournalFormat.encode(entry)));
    }

    private DecisionOrder followed() {
        var order = new DecisionOrder(
                Expected.of(List.copyOf(commands)), audit("ledger"), audit("limits"), audit("takeover"), limitEvents);
        order.follow(ACCOUNT, commands, logins);
        return order;
    }

    private JournalAudit audit(String stage) {
        var audit = new JournalAudit(stage, inputs, false, (cause, event) -> true);
        journals.getOrDefault(stage, List.of()).forEach(audit::take);
        return audit;
    }
}
