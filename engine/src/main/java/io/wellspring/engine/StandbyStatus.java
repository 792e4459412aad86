package io.wellspring.engine;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a standby is, at one moment: a copy of a task that another instance owns, which follows its journals.
 *
 * @param task the task, its group and partition, such as {@code 0-3}
 * @param position how far it has read, in offsets summed over the task's journals
 * @param lag how many offsets of what is committed it has not read yet, which is at least the number of events; empty until it is known
 * @param error what keeps it from reading on; it is tried again by itself where the disk or the cluster is away, and else when its task is given out
 *     anew
 */
public record StandbyStatus(String task, long position, OptionalLong lag, Optional<RuntimeException> error) {}
