package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.InputMark;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.OffsetMetadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What must fit before a task goes on (I9, I10). */
class CommittedInputsTest {
    private static final TopicPartition IN = new TopicPartition("in", 3);
    private static final TopicPartition JOURNAL = new TopicPartition("p-sum-journal", 3);
    private static final String CHOICES = " Restore the offsets, or start anew: stop the engines, then delete the"
            + " pipeline's state directory, its journal topics and its group's offsets together";

    @Test
    void committedInputsThatFitTheSnapshotPass() {
        CommittedInputs inputs = committed(10L);
        inputs.checkNotBefore(snapshot(10));
        inputs.checkNotBefore(snapshot(9));
        inputs.checkCause("there", entry("in", 9));
        inputs.checkEnd("sum", JOURNAL, 7);
        assertThat(inputs.positions()).isEqualTo(Map.of(IN, 10L));
        assertThat(inputs.metadata().orElseThrow().watermarkMillis()).isEqualTo(99);
    }

    @Test
    void aSnapshotWithoutCommittedOffsetsIsRefused() {
        assertThatThrownBy(() -> committed(null).checkNotBefore(snapshot(10)))
                .isInstanceOf(CorruptException.class)
                .hasMessage("Task 0-3 has a snapshot that contains in-3 up to 10, but its group has no committed offset"
                        + " there: the offsets expired or were deleted." + CHOICES);
    }

    @Test
    void aSnapshotOfNothingNeedsNoCommittedOffset() {
        committed(null).checkNotBefore(snapshot(0));
    }

    @Test
    void anOffsetBeforeTheSnapshotIsRefused() {
        assertThatThrownBy(() -> committed(9L).checkNotBefore(snapshot(10)))
                .isInstanceOf(CorruptException.class)
                .hasMessage("Task 0-3 has a snapshot that contains in-3 up to 10, but the committed offset is 9: it was"
                        + " moved back by hand, or belongs to another cluster." + CHOICES);
    }

    @Test
    void eventsWithoutCommittedOffsetsAreRefused() {
        assertThatThrownBy(() -> committed(null).checkCause("p-sum-journal-3@5", entry("in", 9)))
                .isInstanceOf(CorruptException.class)
                .hasMessage("Task 0-3 has events in its journal up to p-sum-journal-3@5, but its group has no committed"
                        + " offset of in-3: the offsets expired or were deleted." + CHOICES);
    }

    @Test
    void anEventWhoseCauseIsNotCommittedIsRefused() {
        assertThatThrownBy(() -> committed(9L).checkCause("p-sum-journal-3@5", entry("in", 9)))
                .isInstanceOf(CorruptException.class)
                .hasMessage(
                        "Task 0-3 has an event at p-sum-journal-3@5 that came from in-3@9, but the committed offset is"
                                + " 9: it was moved back by hand." + CHOICES);
    }

    @Test
    void aCauseInATopicThatIsNoInputAnyMorePasses() {
        committed(1L).checkCause("there", entry("former", 1_000));
    }

    @Test
    void aJournalThatLostItsTailIsRefused() {
        assertThatThrownBy(() -> committed(10L).checkEnd("sum", JOURNAL, 6))
                .isInstanceOf(CorruptException.class)
                .hasMessage(
                        "Journal p-sum-journal-3 ends at 6, but the committed offsets say that its events reach 7: it"
                                + " lost its tail (an unclean leader election, or the topic was restored from an older copy)."
                                + CHOICES);
    }

    @Test
    void ofSeveralInputsTheNewestMetadataCounts() {
        Map<TopicPartition, OffsetAndMetadata> both = new HashMap<>();
        both.put(IN, new OffsetAndMetadata(1, metadata(5, 3)));
        both.put(new TopicPartition("other", 3), new OffsetAndMetadata(1, metadata(9, 8)));
        var inputs = new CommittedInputs(new TaskId(0, 3), both);
        assertThat(inputs.metadata().orElseThrow().journalEnds()).isEqualTo(Map.of("sum", 8L));
    }

    @Test
    void anEntryThatCameFromATimerHasNoRecordToBeHeldAgainst() {
        assertThatCode(() -> committed(10L).checkCause("p-sum-journal-3@7", entry("", 99)))
                .doesNotThrowAnyException();
    }

    private static CommittedInputs committed(Long offset) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        offsets.put(IN, offset == null ? null : new OffsetAndMetadata(offset, metadata(99, 7)));
        return new CommittedInputs(new TaskId(0, 3), offsets);
    }

    private static String metadata(long watermarkMillis, long end) {
        return new OffsetMetadata("nonce", watermarkMillis, Map.of("sum", end)).encode();
    }

    private static SnapshotMark snapshot(long position) {
        return new SnapshotMark("p", "0-3", List.of(), List.of(new InputMark("in", position)), 0, 0);
    }

    private static JournalEntry entry(String topic, long offset) {
        return new JournalEntry(new byte[0], new byte[0], 1, 0, 1, 0, 0, new JournalEntry.Cause(topic, offset));
    }
}
