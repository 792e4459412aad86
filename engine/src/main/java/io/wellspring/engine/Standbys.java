package io.wellspring.engine;

import io.wellspring.journal.JournalReader;
import io.wellspring.journal.StandbyHolder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;

/**
 * Which standbys a worker is to have, and the reader of their journals.
 *
 * <p>They have a reader of their own, so that a recovery is not held up by what they fetch. A turn reads a bounded number of entries, less than a
 * running task processes in it; with nothing to read the next look is some milliseconds away. Confined to the worker's thread.
 */
final class Standbys implements StandbyHolder {
    /** What a standby folds in a turn takes about a millisecond. */
    static final Map<String, Object> READER = Map.of(
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 200,
            ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 4 << 20,
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 256 << 10);

    private static final long IDLE_NANOS = 10_000_000;

    private final WorkerSetup setup;
    private final JournalReader reader;
    private final Supplier<Map<TaskId, Long>> positions;

    /** What the group wants here; and what is begun here, be it open, delayed, or looked for among the backups. */
    private Set<TaskId> assigned = Set.of();

    private final Set<TaskId> begun = new TreeSet<>();
    private boolean busy;
    private long nextPollNanos;

    /**
     * None yet.
     *
     * @param positions how far the open ones are
     */
    Standbys(WorkerSetup setup, Supplier<Map<TaskId, Long>> positions) {
        this.setup = setup;
        this.reader = setup.openReader(READER);
        this.positions = positions;
        this.nextPollNanos = setup.nanos().getAsLong();
    }

    @Override
    public int wanted() {
        return setup.config().standbys();
    }

    @Override
    public Map<TopicPartition, Long> followed() {
        Map<TopicPartition, Long> followed = new HashMap<>();
        positions
                .get()
                .forEach((id, position) -> followed.put(
                        new TopicPartition(
                                setup.topology().group(id.group()).topics().get(0), id.partition()),
                        position));
        return followed;
    }

    @Override
    public void assigned(Set<TopicPartition> tasks) {
        Set<TaskId> ids = new TreeSet<>();
        for (TopicPartition partition : tasks) {
            for (TaskGroup group : setup.topology().groups()) {
                if (group.topics().contains(partition.topic())
                        && !group.stages().isEmpty()) {
                    ids.add(new TaskId(group.number(), partition.partition()));
                }
            }
        }
        assigned = ids;
    }

    JournalReader reader() {
        return reader;
    }

    /** Whether a task is a standby here, open or not. */
    boolean has(TaskId id) {
        return begun.contains(id);
    }

    /** Takes out those that are wanted here no more. */
    List<TaskId> leaving() {
        List<TaskId> leaving =
                begun.stream().filter(id -> !assigned.contains(id)).toList();
        leaving.forEach(begun::remove);
        return leaving;
    }

    /** Notes those that are wanted here and not begun yet, but for tasks that this worker still owns itself. */
    List<TaskId> arriving(Predicate<TaskId> owned) {
        List<TaskId> arriving = assigned.stream()
                .filter(id -> !begun.contains(id) && !owned.test(id))
                .toList();
        begun.addAll(arriving);
        return arriving;
    }

    /** The task is the worker's own from now on. */
    void promoted(TaskId id) {
        begun.remove(id);
    }

    /** Reads a bounded number of entries; returns how many. */
    int read() {
        long now = setup.nanos().getAsLong();
        if (now - nextPollNanos < 0) {
            return 0;
        }
        int read = reader.poll(Duration.ZERO);
        busy = read > 0;
        nextPollNanos = busy ? now : now + IDLE_NANOS;
        return read;
    }

    /** Whether there may be more to read at once. */
    boolean busy() {
        return busy;
    }

    void close() {
        reader.close();
    }
}
