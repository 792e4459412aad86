package io.wellspring.api.port;

import io.wellspring.api.codec.Tag;
import java.util.List;
import java.util.Optional;

/**
 * What a snapshot is a snapshot of. Written in one atomic batch with the rows (invariants I5 and I9 of the architecture page), so rows
 * and mark always fit.
 *
 * @param pipeline the pipeline the state belongs to
 * @param task the task's name within the pipeline
 * @param journals the position of every journal of the task
 * @param inputs the committed position of every input of the task
 * @param watermarkMillis the task's watermark; {@link Long#MIN_VALUE} before its first record
 * @param nowMillis the largest processing time persisted so far, below which the clock is clamped
 */
public record SnapshotMark(
        @Tag(1) String pipeline,
        @Tag(2) String task,
        @Tag(3) List<JournalMark> journals,
        @Tag(4) List<InputMark> inputs,
        @Tag(5) long watermarkMillis,
        @Tag(6) long nowMillis) {

    /**
     * The mark of one journal.
     *
     * @param stage the stage
     * @return its mark, empty when the snapshot knows nothing of that stage
     */
    public Optional<JournalMark> journal(String stage) {
        return journals.stream().filter(mark -> mark.stage().equals(stage)).findFirst();
    }

    /**
     * Up to where a journal is contained in the rows.
     *
     * @param stage the stage whose journal it is
     * @param topic the journal's topic
     * @param topicId the topic's id, which a recreated topic does not have any more
     * @param position the offset of the first record that is not contained
     * @param leaderEpoch the epoch of the leader that wrote the last contained record, or -1 where it is not known
     * @param codecs the kinds of the stage's codecs, as text that is compared; empty where it is not known
     */
    public record JournalMark(
            @Tag(1) String stage,
            @Tag(2) String topic,
            @Tag(3) String topicId,
            @Tag(4) long position,
            @Tag(5) int leaderEpoch,
            @Tag(6) String codecs) {}

    /**
     * Up to where an input was processed.
     *
     * @param topic the input's topic; its partition is the task's
     * @param position the offset of the first record that was not processed
     */
    public record InputMark(@Tag(1) String topic, @Tag(2) long position) {}
}
