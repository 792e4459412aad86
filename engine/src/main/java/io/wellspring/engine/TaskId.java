package io.wellspring.engine;

import java.util.Comparator;

/**
 * The single owner of one partition of a pipeline: partition {@code partition} of every topic of task group {@code group}.
 */
record TaskId(int group, int partition) implements Comparable<TaskId> {
    private static final Comparator<TaskId> ORDER =
            Comparator.comparingInt(TaskId::group).thenComparingInt(TaskId::partition);

    @Override
    public int compareTo(TaskId other) {
        return ORDER.compare(this, other);
    }

    /** The name in logs, status and the state directory. */
    @Override
    public String toString() {
        return group + "-" + partition;
    }
}
