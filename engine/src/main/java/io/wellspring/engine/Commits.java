package io.wellspring.engine;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.FencedException;
import io.wellspring.journal.CommitOutcome;
import io.wellspring.journal.Remedy;
import io.wellspring.journal.StepOutcome;
import io.wellspring.journal.TransactionalProducer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions of one worker.
 *
 * <pre>
 *   INITIALISING --> READY --> COMMITTING --> READY            committed: overlays become state (I2)
 *        ^                        |  |  ^
 *        |                        |  |  +-- no answer: the same commit again, nothing else (I4)
 *        |                        |  +----> ABORTING --> READY  refused: the touched tasks recover (I7)
 *        +------------------------+         in doubt, fenced, broken: new producer with the same id; the touched tasks recover,
 *                                           and the stable offsets decide
 * </pre>
 */
final class Commits {
    private static final Logger LOG = LoggerFactory.getLogger(Commits.class);
    private static final Duration FINISH_BOUND = Duration.ofSeconds(15);

    private final WorkerSetup setup;
    private final Listener listener;
    private final CommitPolicy policy;
    private final Fencings fencings;
    private final Faults rebuilds = new Faults(20, Duration.ofMinutes(1));
    private TransactionalProducer producer;
    private Phase phase = Phase.INITIALISING;
    private boolean open;
    private long openedNanos;
    private long beganNanos;
    private final long startedNanos;
    private long standingNanos;
    private int commits;
    private List<Part> parts = List.of();
    private List<OwnedTask> toRewind = List.of();

    Commits(WorkerSetup setup, Listener listener) {
        this.setup = setup;
        this.listener = listener;
        this.policy = new CommitPolicy(
                setup.config().commitInterval(),
                setup.config().commitGap(),
                setup.nanos().getAsLong());
        this.startedNanos = setup.nanos().getAsLong();
        this.fencings = new Fencings(setup);
        this.producer = setup.openProducer();
        producer.beginInit();
    }

    /** What commits ask of, and tell to, the worker. */
    interface Listener {
        /** The tasks whose position has moved since the last commit. */
        Collection<OwnedTask> touched();

        /** Adds the current position of every input of a task. */
        void position(OwnedTask task, Map<TopicPartition, InputPosition> positions);

        /** The transaction of these tasks is gone: they recover. */
        void rewind(Collection<OwnedTask> touched);
    }

    /** A task's part in the commit under way. */
    private record Part(OwnedTask task, Map<TopicPartition, InputPosition> positions, long watermarkMillis) {}

    private enum Phase {
        INITIALISING,
        READY,
        COMMITTING,
        ABORTING,
        CLOSED
    }

    TransactionalProducer producer() {
        return producer;
    }

    /** Whether records can be processed and tasks recovered now. */
    boolean ready() {
        return phase == Phase.READY;
    }

    /** Whether something processed waits for its commit. */
    boolean open() {
        return open;
    }

    /** Says that records were processed. */
    void opened() {
        if (!open) {
            open = true;
            openedNanos = setup.nanos().getAsLong();
        }
    }

    /** Whether the oldest uncommitted record has waited for as long as it may. */
    boolean overtime() {
        return open && policy.overtime(setup.nanos().getAsLong(), openedNanos);
    }

    /** Takes in what became of the step under way; returns how many steps ended. */
    int poll() {
        return switch (phase) {
            case INITIALISING -> initialised(producer.pollInit());
            case COMMITTING -> outcome(producer.pollCommit());
            case ABORTING -> aborted(producer.pollAbort());
            case READY, CLOSED -> 0;
        };
    }

    /** Whether something is open whose time has come. */
    boolean due(boolean drained) {
        return open && policy.due(setup.nanos().getAsLong(), openedNanos, drained);
    }

    /**
     * Commits what is open and waits for the outcome, or for the abort if it is refused; for callbacks that take tasks away, and for the end.
     * What has no outcome within the bound is given up: the new producer and the stable offsets decide then.
     */
    void finish(ConsumerGroupMetadata group) {
        if (phase == Phase.CLOSED) {
            return;
        }
        long deadlineNanos = setup.nanos().getAsLong() + FINISH_BOUND.toNanos();
        await(deadlineNanos);
        if (phase == Phase.READY && open) {
            begin(group);
            await(deadlineNanos);
        }
        if (phase != Phase.READY) {
            LOG.warn(
                    "worker {}: the transaction had no outcome within {} s; a new producer decides it",
                    setup.number(),
                    FINISH_BOUND.toSeconds());
            rebuild(touchedNow());
        }
    }

    /** Gives up what is open without committing any of it. */
    void drop() {
        if (phase == Phase.COMMITTING) {
            // Its outcome may be anything by now; initialising the id again ends it one way or the other.
            rebuild(touchedNow());
        } else if (phase == Phase.READY && open) {
            abort(touchedNow());
        }
    }

    /** Gives up everything at once, for a worker that cannot go on. What is open runs into its timeout or is ended by a successor. */
    void abandon() {
        phase = Phase.CLOSED;
        producer.close(Duration.ZERO);
    }

    void close() {
        if (phase != Phase.CLOSED) {
            LOG.info(
                    "worker {}: {} commits, during which nothing was processed, took {} of {} ms",
                    setup.number(),
                    commits,
                    standingNanos / 1_000_000,
                    (setup.nanos().getAsLong() - startedNanos) / 1_000_000);
            phase = Phase.CLOSED;
            producer.close(Duration.ofSeconds(5));
        }
    }

    private void await(long deadlineNanos) {
        while (phase != Phase.READY && setup.nanos().getAsLong() < deadlineNanos) {
            if (poll() == 0) {
                setup.engine().pause().run();
            }
        }
    }

    /** Begins the commit of what is open; {@link #poll} tells how it ends. */
    void begin(ConsumerGroupMetadata group) {
        List<Part> taken = new ArrayList<>();
        for (OwnedTask task : listener.touched()) {
            Map<TopicPartition, InputPosition> positions = new HashMap<>();
            listener.position(task, positions);
            taken.add(new Part(task, positions, task.task().watermarkMillis()));
        }
        if (taken.isEmpty()) {
            abort(List.of()); // should something have been sent, it is nobody's any more
            return;
        }
        parts = taken;
        beganNanos = setup.nanos().getAsLong();
        phase = Phase.COMMITTING;
        String nonce = setup.nonce();
        producer.beginCommit(ends -> offsets(taken, nonce, ends), group);
    }

    /** Called on the committer's thread; reads only what the worker leaves alone until the outcome. */
    private static Map<TopicPartition, OffsetAndMetadata> offsets(
            List<Part> parts, String nonce, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (Part part : parts) {
            offsets.putAll(part.task().offsets(part.positions(), nonce, part.watermarkMillis(), ends));
        }
        return offsets;
    }

    private int initialised(StepOutcome outcome) {
        if (outcome instanceof StepOutcome.Pending) {
            return 0;
        }
        if (outcome instanceof StepOutcome.Failed failed) {
            LOG.warn(
                    "worker {}: initialising transactions failed, trying again: {}",
                    setup.number(),
                    failed.cause().toString());
            if (failed.remedy() == Remedy.RETRY) {
                producer.beginInit();
            } else {
                judge(failed.remedy(), failed.cause());
                rebuild(toRewind);
            }
            return 1;
        }
        return rewound();
    }

    private int aborted(StepOutcome outcome) {
        if (outcome instanceof StepOutcome.Pending) {
            return 0;
        }
        if (outcome instanceof StepOutcome.Failed failed) {
            if (failed.remedy() == Remedy.RETRY) {
                producer.beginAbort();
            } else {
                judge(failed.remedy(), failed.cause());
                rebuild(toRewind);
            }
            return 1;
        }
        return rewound();
    }

    private int rewound() {
        phase = Phase.READY;
        open = false;
        List<OwnedTask> tasks = toRewind;
        toRewind = List.of();
        if (!tasks.isEmpty()) {
            listener.rewind(tasks);
        }
        return 1;
    }

    private int outcome(CommitOutcome outcome) {
        if (outcome instanceof CommitOutcome.Pending) {
            return 0;
        }
        if (outcome instanceof CommitOutcome.Committed committed) {
            committed(committed.journalEnds());
        } else if (outcome instanceof CommitOutcome.Unknown unknown) {
            LOG.warn(
                    "worker {}: a commit has no answer yet, asking again: {}",
                    setup.number(),
                    unknown.cause().toString());
            producer.retryCommit();
        } else if (outcome instanceof CommitOutcome.Refused refused) {
            LOG.warn(
                    "worker {}: a commit was refused; its tasks recover: {}",
                    setup.number(),
                    refused.cause().toString());
            judge(refused.remedy(), refused.cause());
            if (refused.remedy() == Remedy.ABORT_AND_REWIND) {
                abort(touchedNow());
            } else {
                rebuild(touchedNow());
            }
        } else if (outcome instanceof CommitOutcome.InDoubt doubt) {
            LOG.warn(
                    "worker {}: the outcome of a commit is in doubt; its tasks recover from the stable offsets: {}",
                    setup.number(),
                    doubt.cause().toString());
            judge(doubt.remedy(), doubt.cause());
            rebuild(touchedNow());
        }
        return 1;
    }

    private void committed(Map<TopicPartition, Long> journalEnds) {
        long now = setup.nanos().getAsLong();
        policy.ended(beganNanos, now);
        standingNanos += now - beganNanos;
        commits++;
        phase = Phase.READY;
        open = false;
        for (Part part : parts) {
            part.task().committed(part.positions(), journalEnds);
        }
        parts = List.of();
    }

    private void abort(List<OwnedTask> touched) {
        parts = List.of();
        toRewind = touched;
        if (producer.state() == TransactionalProducer.State.IDLE) {
            rewound(); // positions moved, but nothing was sent
        } else {
            phase = Phase.ABORTING;
            producer.beginAbort();
        }
    }

    private void rebuild(List<OwnedTask> touched) {
        if (rebuilds.tooMany(setup.nanos().getAsLong())) {
            throw new FencedException(
                    "Worker " + setup.id()
                            + " had to rebuild its producer 20 times within a minute; it gives up its tasks. See the warnings before");
        }
        parts = List.of();
        toRewind = touched;
        producer.close(Duration.ZERO);
        producer = setup.openProducer();
        phase = Phase.INITIALISING;
        producer.beginInit();
    }

    private List<OwnedTask> touchedNow() {
        return List.copyOf(listener.touched());
    }

    private void judge(Remedy remedy, Throwable cause) {
        if (remedy == Remedy.FENCED) {
            fencings.count(cause);
        }
        if (remedy == Remedy.STOP) {
            throw new ConfigException(
                    "Worker " + setup.id() + " cannot commit: " + cause.getMessage()
                            + ". Mend the rights or settings of the client, then start again; what was not committed is processed then",
                    cause);
        }
    }
}
