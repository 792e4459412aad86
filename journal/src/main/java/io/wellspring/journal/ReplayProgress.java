package io.wellspring.journal;

import java.util.OptionalLong;

/**
 * How far the replay of one journal partition is, in offsets. Offsets count more than entries: transaction markers and aborted
 * records have offsets too.
 *
 * @param from where it began
 * @param at the next offset it reads: everything before it was delivered or passed over
 * @param end the high watermark it has to reach, empty until the cluster has said it
 * @param entries how many entries were delivered
 * @param complete whether it has reached the end once; it goes on with what is written later until it is stopped
 */
public record ReplayProgress(long from, long at, OptionalLong end, long entries, boolean complete) {}
