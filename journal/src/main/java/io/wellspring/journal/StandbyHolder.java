package io.wellspring.journal;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * What a member of a group says of the standbys it has, and is told of those it is to have. A task is named by its partition of any topic of its group.
 * Called on the thread that polls.
 *
 * @see CoPartitionedAssignor#STANDBYS_CONFIG
 */
public interface StandbyHolder {
    /**
     * How many copies of each task the group should have besides its owner's; of what members say the most counts, and only members that want some
     * are given any.
     *
     * @return 0 or more
     */
    int wanted();

    /**
     * The standbys that are open here.
     *
     * @return by task how far it is: of two the one with the larger number becomes the owner
     */
    Map<TopicPartition, Long> followed();

    /**
     * Says which standbys the member is to have from now on, in the place of those before; before it is told of the partitions of the same assignment.
     *
     * @param tasks the tasks
     */
    void assigned(Set<TopicPartition> tasks);
}
