package io.wellspring.journal;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.error.WellspringException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays journals into tasks: one read_committed consumer, assigned by hand, shared by all tasks of a worker that are in recovery.
 *
 * <p>A replay is complete when two things meet (invariant I6 of the architecture page). The <em>end</em> is the journal's high watermark,
 * asked for after {@link #start} was called, so whoever reads the committed input offsets first and starts then cannot miss an event
 * that belongs to them. The <em>position</em> of the consumer passes over markers and aborted records and stops at the first transaction
 * that is not decided; once it has reached the end, everything below the end was delivered or is void. An open transaction below the
 * end holds the replay back until it is decided: that is not the reader's to hurry, and {@link #progress} shows it.
 *
 * <p>The position is never reset. Where the log does not hold what is needed, or holds something else by its leader epochs (KIP-320), the
 * replay of that journal fails and says which. The events of an effect are checked to be complete and in order.
 *
 * <p>One thread uses a reader; no call but {@link #close} waits, except {@link #poll} for as long as it is told.
 */
public final class JournalReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalReader.class);

    /** The offsets that short replays may have together to be read side by side: about two fetches. */
    private static final long SIDE_BY_SIDE = 20_000;

    private final ReplayConsumer consumer;
    private final JournalEnds ends;
    private final Map<TopicPartition, Replay> replays = new LinkedHashMap<>();
    private boolean assignmentChanged;

    /** Whether the last poll had nothing to deliver. */
    private boolean starving;

    /**
     * A reader with nothing to read.
     *
     * @param clients makes the consumer
     * @param ends tells where journals begin and end
     * @param settings properties of the consumer that override the reader's defaults; isolation level, offset reset, automatic commits and
     *     group protocol stay the reader's
     */
    public JournalReader(KafkaClients clients, JournalEnds ends, Map<String, Object> settings) {
        this.consumer = new ReplayConsumer(clients, settings);
        this.ends = ends;
    }

    /**
     * Begins a replay. The caller has read the committed input offsets before, and has compared the journal's topic id with the state's.
     *
     * @param journal the journal's partition
     * @param from the offset to begin with, 0 for a state that is empty
     * @param leaderEpoch the epoch of the leader that wrote the record before {@code from}, or -1 where it is not known; it shows a
     *     journal that lost its tail and has grown again
     * @param visitor takes the entries, in later calls of {@link #poll}
     * @throws IllegalStateException when the journal is being replayed already
     */
    public void start(TopicPartition journal, long from, int leaderEpoch, ReplayVisitor visitor) {
        if (replays.putIfAbsent(journal, new Replay(journal, from, leaderEpoch, visitor)) != null) {
            throw new IllegalStateException("journal " + journal + " is being replayed already");
        }
        assignmentChanged = true;
    }

    /**
     * Does a bounded amount of work: delivers what a fetch brought, at most {@code max.poll.records} entries.
     *
     * @param max the longest wait when there is nothing to deliver; may be zero
     * @return how many entries were delivered
     * @throws RetryableException when the thread was interrupted
     */
    public int poll(Duration max) {
        if (replays.isEmpty()) {
            return 0;
        }
        askForRanges();
        if (assignmentChanged) {
            assignmentChanged = false;
            consumer.assign(replays.values());
        }
        consumer.rest(starving ? Set.of() : longer());
        int delivered = deliver(fetched(max));
        starving = delivered == 0;
        settle();
        return delivered;
    }

    /**
     * How far a replay is.
     *
     * @param journal the journal's partition
     * @return its progress, empty when it was not started, was stopped or has failed
     */
    public Optional<ReplayProgress> progress(TopicPartition journal) {
        Replay replay = replays.get(journal);
        if (replay == null) {
            return Optional.empty();
        }
        if (replay.state() == Replay.State.TAILING) {
            try {
                consumer.position(journal).ifPresent(replay::passTo);
            } catch (KafkaException e) {
                LOG.debug("The position of journal {} is in doubt; the next poll will settle it", journal, e);
            }
        }
        return Optional.of(replay.progress());
    }

    /**
     * How much of a journal is decided and not delivered yet, as the last fetch saw it.
     *
     * @param journal the journal's partition
     * @return a number of offsets, of entries, markers and aborted records; empty where it is not replayed or nothing was fetched yet
     */
    public OptionalLong lag(TopicPartition journal) {
        return replays.containsKey(journal) ? consumer.lag(journal) : OptionalLong.empty();
    }

    /**
     * Ends a replay, complete or not; where it is not running, nothing happens.
     *
     * @param journal the journal's partition
     */
    public void stop(TopicPartition journal) {
        Replay replay = replays.remove(journal);
        if (replay != null) {
            replay.become(Replay.State.ENDED);
            assignmentChanged = true;
        }
    }

    /** Ends all replays and closes the consumer without waiting for brokers. A second close does nothing. */
    @Override
    public void close() {
        List.copyOf(replays.keySet()).forEach(this::stop);
        consumer.close();
    }

    /** One question for all replays that need it, so that a thousand tasks cost two requests a broker. */
    private void askForRanges() {
        List<Replay> asking =
                replays.values().stream().filter(Replay::wantsRange).toList();
        if (!asking.isEmpty()) {
            JournalEnds.Asked asked =
                    ends.ask(asking.stream().map(replay -> replay.journal).toList());
            asking.forEach(replay -> replay.asked(asked));
        }
    }

    /**
     * The replays that wait for shorter ones. Read side by side, all of them would end late; one after the other, tasks come back as early as they can,
     * and the last one no later. Short ones are read together, since each needs a request of its own, and all of them when the chosen ones have
     * nothing to deliver, which may be so for long: an open transaction holds up its own journal only.
     */
    private Set<TopicPartition> longer() {
        List<Replay> shortestFirst = replays.values().stream()
                .filter(replay -> replay.state() == Replay.State.READING && replay.range() != null)
                .sorted(Comparator.comparingLong(Replay::remaining))
                .toList();
        Set<TopicPartition> longer = new HashSet<>();
        long chosen = 0;
        for (Replay replay : shortestFirst) {
            if (chosen > 0 && chosen + replay.remaining() > SIDE_BY_SIDE) {
                longer.add(replay.journal);
            } else {
                chosen += replay.remaining();
            }
        }
        return longer;
    }

    private ConsumerRecords<byte[], byte[]> fetched(Duration max) {
        try {
            return consumer.fetch(max);
        } catch (KafkaException e) {
            fetchFailed(e);
            return ConsumerRecords.empty();
        }
    }

    private void fetchFailed(KafkaException e) {
        if (e instanceof InterruptException) {
            throw new RetryableException("interrupted while replaying " + replays.keySet(), e);
        } else if (e instanceof LogTruncationException truncation) {
            truncation.offsetOutOfRangePartitions().forEach((journal, position) -> failDiverged(journal, truncation));
        } else if (e instanceof OffsetOutOfRangeException outside) {
            outside.partitions().forEach(this::stray);
        } else if (e instanceof TopicAuthorizationException denied) {
            ConfigException why = ReplayFaults.refused(denied);
            running(replays.values()).stream()
                    .filter(replay -> denied.unauthorizedTopics().contains(replay.journal.topic()))
                    .forEach(replay -> fail(replay, why));
        } else {
            WellspringException why = ReplayFaults.unfetched(e);
            running(replays.values()).forEach(replay -> fail(replay, why));
        }
    }

    private void failDiverged(TopicPartition journal, LogTruncationException truncation) {
        Replay replay = replays.get(journal);
        if (replay != null) {
            OffsetAndMetadata divergent = truncation.divergentOffsets().get(journal);
            String divergence = divergent == null
                    ? "whose epochs lack the one the state knows"
                    : "whose epoch " + divergent.leaderEpoch().orElse(-1) + " ends at " + divergent.offset();
            fail(replay, ReplayFaults.diverged(journal, replay.at(), divergence));
        }
    }

    /** The position is outside the log; a fresh range tells on which side, so that the error can name both offsets. */
    private void stray(TopicPartition journal) {
        Replay replay = replays.get(journal);
        if (replay != null) {
            replay.become(Replay.State.STRAYED);
            replay.forgetRange();
            assignmentChanged = true;
        }
    }

    private int deliver(ConsumerRecords<byte[], byte[]> records) {
        int delivered = 0;
        for (TopicPartition journal : records.partitions()) {
            Replay replay = replays.get(journal);
            // A visitor may have ended it in this same poll, or even begun it anew: then these records are not its own.
            if (replay != null && replay.state() != Replay.State.STARTING) {
                delivered += deliver(replay, records.records(journal));
            }
        }
        return delivered;
    }

    private int deliver(Replay replay, List<ConsumerRecord<byte[], byte[]>> records) {
        int delivered = 0;
        try {
            for (ConsumerRecord<byte[], byte[]> journaled : records) {
                if (replay.state() == Replay.State.ENDED) {
                    break;
                }
                replay.deliver(journaled);
                delivered++;
            }
        } catch (WellspringException e) {
            fail(replay, e);
        }
        return delivered;
    }

    private void settle() {
        for (Replay replay : running(replays.values())) {
            try {
                if (replay.awaitsRange()) {
                    replay.takeRange();
                }
                if (replay.state() == Replay.State.READING && replay.range() != null) {
                    seekEnd(replay);
                }
            } catch (WellspringException e) {
                fail(replay, e);
            }
        }
    }

    private void seekEnd(Replay replay) {
        if (replay.fromEpoch >= 0 && !replay.leaderKnown) {
            // Epochs are compared from the next poll on. Before that, a replay with nothing to read would be complete
            // at once.
            replay.leaderKnown = consumer.knowsLeader(replay.journal);
            return;
        }
        OptionalLong stands;
        try {
            stands = consumer.position(replay.journal);
        } catch (KafkaException e) {
            fetchFailed(e);
            return;
        }
        if (stands.isEmpty()) {
            return; // also where nothing is to be read: the epochs are being compared, and may tell of a lost tail
        }
        replay.passTo(stands.getAsLong());
        if (replay.at() >= replay.range().end()) {
            replay.reachEnd();
            LOG.debug("The replay of journal {} has reached its end: {}", replay.journal, replay.progress());
        }
    }

    private void fail(Replay replay, WellspringException why) {
        if (replay.state() != Replay.State.ENDED) {
            stop(replay.journal);
            replay.visitor.failed(why);
        }
    }

    /** A copy, because visitors may start and stop replays. */
    private static List<Replay> running(Collection<Replay> replays) {
        return new ArrayList<>(replays);
    }
}
