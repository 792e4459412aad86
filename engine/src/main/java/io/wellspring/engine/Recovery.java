package io.wellspring.engine;

import io.wellspring.api.Position;
import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.error.WellspringException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.InputMark;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import io.wellspring.journal.JournalEnds;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.JournalReader;
import io.wellspring.journal.LogRange;
import io.wellspring.journal.OffsetMetadata;
import io.wellspring.journal.ReplayProgress;
import io.wellspring.journal.ReplayVisitor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The one way back to a task's state: open the snapshot, fold the tail of the journals. Used at start, after a rebalance, and after a fault.
 *
 * <pre>
 * FOLLOW   a standby: committed events are read from the snapshot's position on, without end, until the task is this worker's
 * OFFSETS  the committed input offsets, stable: what a transaction under way may still change is waited for
 * REPLAY   only then the journals' high watermarks are asked for, so that all that was committed with those offsets lies below
 *          them, and committed events are read from the snapshot's position until the read position reaches them (I6)
 * DOUBT    a check has failed: the offsets are read again, for a member that was stalled here may hold old ones, and not know it yet
 * DONE     after the checks that snapshot, journal and offsets fit (I9, I10)
 * </pre>
 *
 * <p>The owner's open transaction of an earlier life was ended before, by initialising its transactional id. That of another owner, which died,
 * is looked for where it holds this recovery up ({@link HeldUp}). Stepped by the worker.
 *
 * <p>A standby that is promoted goes through the same steps from where it has read to, as if a snapshot had been written there: the journal is begun
 * anew at that position with the epoch of its last event, so that all checks hold for it too.
 */
final class Recovery {
    private final Task task;
    private Optional<SnapshotMark> mark;
    private TaskStatus.Basis basis;
    private final Cluster cluster;
    private final Membership membership;
    private JournalReader reader;
    private final JournalEnds ends;
    private final LongSupplier nanos;
    private final HeldUp heldUp;
    private long beganNanos;
    private final List<StageReplay> replays = new ArrayList<>();

    private Step step = Step.OFFSETS;
    private Map<TopicPartition, OffsetAndMetadata> offsets = Map.of();
    private CommittedInputs inputs;
    private CorruptException doubt;
    private JournalEnds.Asked inputRanges;
    private WellspringException failure;
    private long replayed;
    private long reachedBefore;
    private boolean loaded;

    Recovery(
            Task task,
            boolean fromBackup,
            Cluster cluster,
            Membership membership,
            JournalReader reader,
            JournalEnds ends,
            HeldUp heldUp,
            LongSupplier nanos) {
        this.task = task;
        this.mark = task.store().mark();
        this.basis = mark.isEmpty()
                ? TaskStatus.Basis.BEGINNING
                : fromBackup ? TaskStatus.Basis.BACKUP : TaskStatus.Basis.SNAPSHOT;
        this.mark.ifPresent(snapshot -> task.context().persistedNow(snapshot.nowMillis()));
        this.cluster = cluster;
        this.membership = membership;
        this.reader = reader;
        this.ends = ends;
        this.heldUp = heldUp;
        this.nanos = nanos;
        this.beganNanos = nanos.getAsLong();
        for (StageRuntime stage : task.stages()) {
            replays.add(new StageReplay(stage));
        }
    }

    private enum Step {
        FOLLOW,
        OFFSETS,
        REPLAY,
        DOUBT,
        DONE
    }

    /**
     * Reads on without end, as a standby does.
     *
     * @param standbys the reader of the worker's standbys
     */
    void follow(JournalReader standbys) {
        step = Step.FOLLOW;
        read(standbys);
    }

    /**
     * Goes on as the recovery of a task that is this worker's.
     *
     * @param recoveries the reader of the worker's recoveries
     */
    void promote(JournalReader recoveries) {
        mark = Optional.of(mark());
        close();
        basis = TaskStatus.Basis.STANDBY;
        reader = recoveries;
        replayed = 0;
        beganNanos = nanos.getAsLong();
        heldUp.progressed();
        step = Step.OFFSETS;
    }

    /** How far a standby is. */
    StandbyStatus standbyStatus() {
        OptionalLong lag = OptionalLong.of(0);
        for (StageReplay replay : replays) {
            OptionalLong more = reader.lag(replay.journal);
            lag = lag.isEmpty() || more.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(lag.getAsLong() + more.getAsLong());
        }
        return new StandbyStatus(task.id().toString(), position(), lag, Optional.ofNullable(failure));
    }

    /** The sum of the positions in the journals up to which events are folded. */
    long position() {
        return replays.stream().mapToLong(StageReplay::end).sum();
    }

    /** Whether what was read so far cannot be gone on from. */
    boolean hasFailed() {
        return failure != null;
    }

    /**
     * Takes the next step, if it can be taken.
     *
     * @return the result once the task is recovered
     * @throws CorruptException when snapshot, journal and offsets do not fit, or an event cannot be read or applied
     */
    Optional<Recovered> advance() {
        if (failure != null) {
            throw failure;
        }
        Step before = step;
        Optional<Recovered> recovered = switch (step) {
            case FOLLOW -> Optional.empty();
            case OFFSETS -> readOffsets();
            case REPLAY -> replayChecked();
            case DOUBT -> readOffsetsAgain();
            case DONE -> Optional.empty();
        };
        if (step == Step.FOLLOW) {
            return recovered;
        }
        long reached = reached();
        if (step != before || reached != reachedBefore) {
            heldUp.progressed();
        } else {
            heldUp.look();
        }
        reachedBefore = reached;
        return recovered;
    }

    private long reached() {
        return step == Step.REPLAY && failure == null
                ? replays.stream().mapToLong(replay -> progress(replay).at()).sum()
                : 0;
    }

    TaskStatus.Basis basis() {
        return basis;
    }

    /** For each stage, the position in its journal that the task's local state has. */
    Map<String, Long> beganAt() {
        return replays.stream()
                .map(replay -> replay.stage.name())
                .collect(Collectors.toMap(
                        stage -> stage,
                        stage -> mark.flatMap(snapshot -> snapshot.journal(stage))
                                .map(JournalMark::position)
                                .orElse(0L)));
    }

    long replayed() {
        return replayed;
    }

    TaskStatus status() {
        long from = 0;
        long at = 0;
        long end = 0;
        // A replay that has failed is gone from the reader; the next step tells why.
        if (step == Step.REPLAY && failure == null) {
            for (StageReplay replay : replays) {
                ReplayProgress progress = progress(replay);
                from += progress.from();
                at += progress.at();
                end += Math.max(progress.at(), progress.end().orElse(0));
            }
        }
        double rate = replayed * 1e9 / Math.max(1, nanos.getAsLong() - beganNanos);
        Duration remaining = rate == 0 ? Duration.ZERO : Duration.ofMillis((long) ((end - at) / rate * 1_000));
        return new TaskStatus.Recovering(task.id().toString(), basis(), replayed, from, at, end, rate, remaining);
    }

    /** Whether what is replayed so far can be a snapshot. */
    boolean hasMark() {
        return (step == Step.REPLAY || step == Step.FOLLOW) && failure == null;
    }

    /**
     * What a snapshot of what is replayed so far would be a snapshot of, so that a long replay need not be held in memory, and begins there again
     * when it is interrupted. Of the inputs it says what can be known yet: an event that was read is committed, and with it the record it came from.
     * Where records wait for their turn, the committed position may still be that of one before it, and nothing is known.
     */
    SnapshotMark mark() {
        Map<String, Long> reached = new HashMap<>();
        mark.ifPresent(snapshot -> snapshot.inputs().forEach(input -> reached.put(input.topic(), input.position())));
        List<JournalMark> journals = new ArrayList<>(carried());
        for (StageReplay replay : replays) {
            journals.add(replay.mark());
            if (!task.group().isInOrder()) {
                replay.sources.forEach((topic, source) -> reached.merge(topic, source.reached, Math::max));
            }
        }
        return new SnapshotMark(
                cluster.topology().pipeline(),
                task.id().toString(),
                journals,
                task.partitions().stream()
                        .map(TopicPartition::topic)
                        .filter(reached::containsKey)
                        .map(topic -> new InputMark(topic, reached.get(topic)))
                        .toList(),
                mark.map(SnapshotMark::watermarkMillis).orElse(Long.MIN_VALUE),
                task.context().persistedNowMillis());
    }

    /** Stops reading, when the task goes before it is recovered. */
    void close() {
        if (step == Step.FOLLOW || step == Step.REPLAY || step == Step.DOUBT) {
            replays.forEach(replay -> reader.stop(replay.journal));
        }
        step = Step.DONE;
    }

    private Optional<Recovered> readOffsets() {
        Optional<Map<TopicPartition, OffsetAndMetadata>> committed = membership.committed(task);
        if (committed.isPresent()) {
            offsets = committed.get();
            inputs = new CommittedInputs(task.id(), offsets);
            mark.ifPresent(inputs::checkNotBefore);
            inputRanges = ends.ask(task.partitions());
            step = Step.REPLAY;
            read(reader);
        }
        return Optional.empty();
    }

    private void read(JournalReader from) {
        reader = from;
        for (StageReplay replay : replays) {
            if (!loaded) {
                replay.stage.load();
            }
            Optional<JournalMark> known = mark.flatMap(snapshot -> snapshot.journal(replay.stage.name()));
            known.ifPresent(journal -> checkTopicId(replay.stage, journal));
            known.ifPresent(journal -> checkCodecs(replay.stage, journal));
            replay.begun.clear(); // the rest of an effect that was read in part comes again with its beginning
            replay.from = known.map(JournalMark::position).orElse(0L);
            replay.epoch = known.map(JournalMark::leaderEpoch).orElse(MarkEpochs.UNKNOWN);
            reader.start(replay.journal, replay.from, replay.epoch, replay);
        }
        loaded = true;
    }

    private void checkTopicId(StageRuntime stage, JournalMark journal) {
        String now = cluster.topics().get(stage.journal()).topicId();
        if (!journal.topicId().equals(now)) {
            throw new CorruptException(
                    "Task " + task.id() + " has a snapshot of journal " + journal.topic() + " with topic id "
                            + journal.topicId() + ", but the topic's id is " + now
                            + ": it was deleted and made again, and its events are gone. Restore the topic, or start anew: delete the"
                            + " pipeline's state directory and its group's offsets too");
        }
    }

    /** Otherwise the journal would go on in another format, and what is before it could never be read again. */
    private void checkCodecs(StageRuntime stage, JournalMark journal) {
        if (!journal.codecs().isEmpty() && !journal.codecs().equals(stage.codecs())) {
            throw new ConfigException(
                    "Stage " + stage.name() + " of task " + task.id() + " has a journal and a snapshot written with "
                            + journal.codecs() + ", but the program has " + stage.codecs()
                            + ". Go back to those codecs, or give the changed stage another name: it then begins with a journal of its own");
        }
    }

    private Optional<Recovered> replayChecked() {
        try {
            return replay();
        } catch (CorruptException misfit) {
            doubt = misfit;
            step = Step.DOUBT;
            return Optional.empty();
        }
    }

    /** Another owner may have gone on since the offsets were read: then journal and offsets fit, only these are old. */
    private Optional<Recovered> readOffsetsAgain() {
        Optional<Map<TopicPartition, OffsetAndMetadata>> now = membership.committed(task);
        if (now.isPresent()) {
            if (now.get().equals(offsets)) {
                throw doubt;
            }
            throw new RetryableException(
                    "Task " + task.id() + " was committed by another owner while it was recovered here; it is recovered"
                            + " again, if it is still this engine's",
                    doubt);
        }
        return Optional.empty();
    }

    private Optional<Recovered> replay() {
        for (StageReplay replay : replays) {
            ReplayProgress progress = progress(replay);
            OptionalLong end = progress.end();
            if (end.isPresent()) {
                inputs.checkEnd(replay.stage.name(), replay.journal, end.getAsLong());
            }
            if (!progress.complete()) {
                return Optional.empty();
            }
        }
        replays.forEach(StageReplay::checkCause);
        // Reaching the high watermark is not enough: a journal that lost its tail and has grown again reaches it too
        // (I10).
        replays.forEach(replay -> inputs.checkEnd(replay.stage.name(), replay.journal, replay.end()));
        replays.forEach(replay -> replay.stage.checkParking());
        return positions().map(positions -> {
            close();
            return new Recovered(positions, inputs.ahead(), watermark(), journalEnds(), journalEpochs(), carried());
        });
    }

    private ReplayProgress progress(StageReplay replay) {
        return reader.progress(replay.journal).orElseThrow();
    }

    /**
     * The committed positions, and the log's start where nothing was committed; empty while the answer is under way.
     *
     * <p>The admin client is asked, not the consumer: {@code Consumer.beginningOffsets} also sets what the consumer knows of the
     * partition's end (4.4), so that it would look drained before its first fetch, and the merge by event time would not wait for it.
     */
    private Optional<Map<TopicPartition, Long>> positions() {
        Map<TopicPartition, Long> positions = new HashMap<>(inputs.positions());
        for (TopicPartition partition : task.partitions()) {
            Optional<LogRange> range = inputRanges.poll(partition);
            if (range.isEmpty()) {
                return Optional.empty();
            }
            long start = range.get().start();
            Long committed = positions.putIfAbsent(partition, start);
            if (committed != null && committed < start) {
                throw new CorruptException("Task " + task.id() + " is committed at " + partition + "@" + committed
                        + ", but the log begins at " + start + ": " + (start - committed)
                        + " records were deleted before they were processed. Restore them, or accept the gap: stop the"
                        + " engines and set the group's offset of this partition to " + start);
            }
            if (committed != null && committed > range.get().end()) {
                throw new CorruptException("Task " + task.id() + " is committed at " + partition + "@" + committed
                        + ", but the log ends at " + range.get().end()
                        + ": the source lost its tail, or was deleted and made again. Restore it, or, if its new records shall be"
                        + " processed from a place on, stop the engines and set the group's offset of this partition there; a place before"
                        + " @" + committed + " is refused where a stage has events of lost records");
            }
        }
        return Optional.of(positions);
    }

    private long watermark() {
        return inputs.metadata().map(OffsetMetadata::watermarkMillis).orElse(Long.MIN_VALUE);
    }

    /** The end of the task's own events: behind the last one replayed, or else where the replay began. */
    private Map<String, Long> journalEnds() {
        return replays.stream().collect(Collectors.toMap(replay -> replay.stage.name(), StageReplay::end));
    }

    private Map<String, Integer> journalEpochs() {
        return replays.stream().collect(Collectors.toMap(replay -> replay.stage.name(), replay -> replay.epoch));
    }

    private List<JournalMark> carried() {
        Set<String> own = replays.stream().map(replay -> replay.stage.name()).collect(Collectors.toSet());
        return mark.stream()
                .flatMap(snapshot -> snapshot.journals().stream())
                .filter(journal -> !own.contains(journal.stage()))
                .toList();
    }

    /** The replay of one stage's journal. */
    private final class StageReplay implements ReplayVisitor {
        private final StageRuntime stage;
        private final TopicPartition journal;
        private long from;
        private long lastOffset = -1;
        private int epoch = MarkEpochs.UNKNOWN;
        private final Map<String, Source> sources = new HashMap<>();

        /** The first entries of an effect: they wait for its last one, so that the tables are always those of whole effects. */
        private final List<Read> begun = new ArrayList<>();

        StageReplay(StageRuntime stage) {
            this.stage = stage;
            this.journal = new TopicPartition(stage.journal(), task.id().partition());
        }

        @Override
        public void visit(long offset, int leaderEpoch, JournalEntry entry) {
            if (entry.effectIndex() + 1 < entry.effectSize()) {
                begun.add(new Read(offset, leaderEpoch, entry));
                return;
            }
            begun.forEach(read -> apply(read.offset(), read.leaderEpoch(), read.entry()));
            begun.clear();
            apply(offset, leaderEpoch, entry);
        }

        private void apply(long offset, int leaderEpoch, JournalEntry entry) {
            stage.replay(entry, place(offset));
            lastOffset = offset;
            epoch = leaderEpoch;
            sources.computeIfAbsent(entry.cause().topic(), topic -> new Source())
                    .read(offset, entry);
            replayed++;
        }

        @Override
        public void failed(WellspringException why) {
            failure = why;
        }

        void checkCause() {
            sources.values().forEach(source -> inputs.checkCause(place(source.furthestAt), source.furthest));
        }

        JournalMark mark() {
            return new JournalMark(
                    stage.name(),
                    stage.journal(),
                    cluster.topics().get(stage.journal()).topicId(),
                    end(),
                    epoch,
                    stage.codecs());
        }

        long end() {
            return lastOffset < 0 ? from : lastOffset + 1;
        }

        private String place(long offset) {
            return new Position(journal.topic(), journal.partition(), offset).toString();
        }
    }

    /** An entry that waits for the rest of its effect. */
    private record Read(long offset, int leaderEpoch, JournalEntry entry) {}

    /** What the events that came from one source say of it. */
    private static final class Source {
        /** Of the furthest record that led to an event. Records of parked keys, and those that waited, come late, so it need not be the last one. */
        private long furthestAt;

        private JournalEntry furthest;

        /** Behind that record. */
        private long reached;

        void read(long offset, JournalEntry entry) {
            if (furthest == null || entry.cause().offset() >= reached) {
                furthestAt = offset;
                furthest = entry;
                reached = entry.cause().offset() + 1;
            }
        }
    }
}
