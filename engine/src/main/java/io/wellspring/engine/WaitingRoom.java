package io.wellspring.engine;

/**
 * How much of a worker's bytes for polled records may be taken by those that wait for their turn (decision 18). Half of them is for the task that needs
 * it first; the other half is divided equally, so that no task is left without by another one. So what waits takes no more than all of
 * them, and what it takes the partitions' buffers do not have.
 *
 * @param limitBytes the worker's bytes for polled records
 */
record WaitingRoom(long limitBytes) {
    /**
     * How much may wait in one task.
     *
     * @param ownBytes how much waits there
     * @param allBytes how much waits in all tasks of the worker, this one too
     * @param tasks how many there are
     */
    long of(long ownBytes, long allBytes, int tasks) {
        long half = limitBytes / 2;
        return Math.max(half / Math.max(1, tasks), ownBytes + half - allBytes);
    }

    /** How much is left for the buffer of each partition; one that is empty is read whatever is left, so the order always goes on. */
    long ofBuffer(long waitingBytes, int partitions) {
        return Math.max(0, limitBytes - waitingBytes) / Math.max(1, partitions);
    }
}
