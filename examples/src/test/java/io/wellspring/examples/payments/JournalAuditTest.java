package io.wellspring.examples.payments;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.examples.payments.Command.Deposit;
import io.wellspring.examples.payments.Input.Ordered;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.JournalEntry.Cause;
import io.wellspring.journal.JournalEntry.TimerChange;
import io.wellspring.journal.JournalEntry.TimerKind;
import io.wellspring.journal.JournalFormat;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** The journal's records are written by the code that writes journals, and read by the published contract. */
class JournalAuditTest {
    private static final byte[] A = "a".getBytes(UTF_8);
    private static final byte[] EVENT = "event".getBytes(UTF_8);

    private final TortureInputs inputs = new TortureInputs(4);
    private long offset;

    JournalAuditTest() {
        for (int id = 1; id <= 4; id++) {
            inputs.add("commands", 0, id - 1, new Ordered(1_000L * id, id == 4 ? "b" : "a", new Deposit(id, 5)));
        }
    }

    @Test
    void aJournalWithoutFaultIsExactAndTellsWhenAndWhere() {
        var audit = audit(false);
        audit.take(entry("a", 1, 0, 70));
        audit.take(entry("a", 2, 1, 70));
        audit.take(entry("a", 3, 2, 71));
        audit.take(entry("b", 1, 3, 71));

        assertThat(audit.tally(4, 0, 0)).isEqualTo(new Tally("events", 4, 4, 0, 0, 0));
        assertThat(audit.processedMillis(3)).isEqualTo(71);
        assertThat(audit.place(2)).isEqualTo(1);
    }

    @Test
    void anInputThatWasProcessedTwiceIsADuplicate() {
        var audit = audit(false);
        audit.take(entry("a", 1, 0, 70));
        audit.take(entry("a", 2, 0, 70));

        assertThat(audit.tally(1, 0, 0).duplicate()).isOne();
    }

    @Test
    void aGapOrARepetitionInTheNumbersOfAKeyIsWrong() {
        var gap = audit(false);
        gap.take(entry("a", 1, 0, 70));
        gap.take(entry("a", 3, 1, 70));
        var repetition = audit(false);
        repetition.take(entry("a", 1, 0, 70));
        repetition.take(entry("a", 1, 1, 70));

        assertThat(gap.tally(2, 0, 0).wrong()).isOne();
        assertThat(repetition.tally(2, 0, 0).wrong()).isOne();
    }

    @Test
    void aStageThatForgetsKeysMayCountThemAnew() {
        var audit = audit(true);
        audit.take(entry("a", 1, 0, 70));
        audit.take(entry("a", 2, 1, 70));
        audit.take(entry("a", 1, 2, 70));

        assertThat(audit.tally(3, 0, 0).exact()).isTrue();
    }

    @Test
    void aCauseOfAnotherAccountOrOfNoInputIsWrong() {
        var audit = audit(false);
        audit.take(entry("b", 1, 0, 70));
        audit.take(entry("b", 1, 4, 70));

        assertThat(audit.tally(0, 0, 0).wrong()).isEqualTo(2);
    }

    @Test
    void inputsOutOfOrderAndTimeThatGoesBackAreWrong() {
        var order = audit(false);
        order.take(entry("a", 1, 1, 70));
        order.take(entry("a", 2, 0, 70));
        var time = audit(false);
        time.take(entry("a", 1, 0, 70));
        time.take(entry("a", 2, 1, 69));

        assertThat(order.tally(2, 0, 0).wrong()).isOne();
        assertThat(time.tally(2, 0, 0).wrong()).isOne();
    }

    @Test
    void anEventThatItsReaderDoesNotExpectIsWrong() {
        var audit = new JournalAudit("events", inputs, false, (cause, event) -> TortureInputs.id(cause) != 2);
        audit.take(entry("a", 1, 0, 70));
        audit.take(entry("a", 2, 1, 70));

        assertThat(audit.tally(2, 0, 0).wrong()).isOne();
    }

    @Test
    void whatTimersDidIsNumberedWithTheRestAndAnswersNoInput() {
        var audit = audit(false);
        audit.take(entry("a", 1, 0, 70));
        audit.take(entry(new JournalEntry(A, EVENT, 2, 0, 1, 5, 70, Cause.NONE)));
        audit.take(entry(timersAlone(71)));
        audit.take(entry("a", 3, 1, 71));

        assertThat(audit.tally(2, 0, 0)).isEqualTo(new Tally("events", 2, 2, 0, 0, 0));
    }

    @Test
    void aGapInTheNumbersOfATimersEventIsWrongAndSoIsTimeThatGoesBack() {
        var gap = audit(false);
        gap.take(entry("a", 1, 0, 70));
        gap.take(entry(new JournalEntry(A, EVENT, 3, 0, 1, 5, 70, Cause.NONE)));
        var time = audit(false);
        time.take(entry("a", 1, 0, 70));
        time.take(entry(timersAlone(69)));

        assertThat(gap.tally(1, 0, 0).wrong()).isOne();
        assertThat(time.tally(1, 0, 0).wrong()).isOne();
    }

    private JournalAudit audit(boolean forgets) {
        return new JournalAudit("events", inputs, forgets, (cause, event) -> new String(event, UTF_8).equals("event"));
    }

    private static JournalEntry timersAlone(long millis) {
        var change = new TimerChange("close", TimerKind.EVENT_TIME, 9_000);
        return new JournalEntry(A, new byte[0], 1, 0, 0, 5, millis, new Cause("commands", 0), List.of(change));
    }

    private ConsumerRecord<byte[], byte[]> entry(String account, long sequence, long causeOffset, long millis) {
        byte[] key = account.getBytes(UTF_8);
        return entry(new JournalEntry(key, EVENT, sequence, 0, 1, 5, millis, new Cause("commands", causeOffset)));
    }

    private ConsumerRecord<byte[], byte[]> entry(JournalEntry entry) {
        return new ConsumerRecord<>("journal", 0, offset++, entry.key(), JournalFormat.encode(entry));
    }
}
