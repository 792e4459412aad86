package io.wellspring.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * What a worker takes in of what it has polled: records go to the buffers of the tasks that read them, within the worker's bound on bytes, and a partition pauses while
 * its buffer is full. This is where backpressure begins. Confined to the worker's thread.
 */
final class Intake {
    private final WorkerSetup setup;
    private final WorkerTasks tasks;
    private final Membership membership;
    private final WaitingRoom room;
    private long waitingBytes;

    Intake(WorkerSetup setup, WorkerTasks tasks, Membership membership) {
        this.setup = setup;
        this.tasks = tasks;
        this.membership = membership;
        this.room = new WaitingRoom(setup.bufferBytes());
    }

    /** Hands out what was polled; returns how many records that were. */
    int route(ConsumerRecords<byte[], byte[]> polled) {
        List<TopicPartition> full = new ArrayList<>();
        for (TopicPartition partition : polled.partitions()) {
            OwnedTask task = tasks.runningOn(partition);
            if (task != null) {
                PartitionBuffer buffer = task.task().buffer(partition);
                buffer.add(polled.records(partition));
                if (!buffer.paused() && buffer.isOver(setup.config().bufferRecords(), bufferBytesOfPartition())) {
                    buffer.paused(true);
                    full.add(partition);
                }
            }
        }
        if (!full.isEmpty()) {
            membership.pause(full);
        }
        return polled.count();
    }

    /** A turn of these tasks begins: how much waits in them is counted anew. */
    void count(List<OwnedTask> running) {
        waitingBytes =
                running.stream().mapToLong(task -> task.task().waitingBytes()).sum();
    }

    /** Tells a task how much of it may wait, lets it have its turn, and counts what that has changed; returns what the turn returns. */
    int during(Task task, int tasksInTurn, IntSupplier turn) {
        long before = task.waitingBytes();
        task.waitingRoom(room.of(before, waitingBytes, tasksInTurn));
        int done = turn.getAsInt();
        waitingBytes += task.waitingBytes() - before;
        return done;
    }

    /** Lets partitions flow again whose buffers have half drained. */
    void resumeDrained(Task task) {
        for (PartitionBuffer buffer : task.buffers()) {
            if (buffer.paused()
                    && !buffer.isOver(setup.config().bufferRecords() / 2 + 1, bufferBytesOfPartition() / 2 + 1)) {
                buffer.paused(false);
                membership.resume(List.of(buffer.partition()));
            }
        }
    }

    /** All partitions of the worker have the same part of what waiting records leave of its part of the bound. */
    private long bufferBytesOfPartition() {
        return room.ofBuffer(waitingBytes, tasks.partitions());
    }
}
