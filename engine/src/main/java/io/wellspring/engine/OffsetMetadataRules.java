package io.wellspring.engine;

import io.wellspring.api.error.ConfigException;
import io.wellspring.engine.TaskGroup.StagePlan;
import io.wellspring.journal.OffsetMetadata;
import java.util.List;
import java.util.OptionalInt;

/** What a task's commits say beside each position has to fit what the brokers take, or the pipeline would stop at a commit some day. */
final class OffsetMetadataRules {
    /** The brokers' default of offset.metadata.max.bytes. */
    private static final int DEFAULT_MAX_BYTES = 4_096;

    private OffsetMetadataRules() {}

    /**
     * Checks a group.
     *
     * @param maxBytes how much the brokers take, if they tell
     * @throws ConfigException when its tasks may need more
     */
    static void check(Topology topology, TaskGroup group, OptionalInt maxBytes) {
        List<String> stages = group.stages().stream().map(StagePlan::name).toList();
        int needed = OffsetMetadata.mostChars(stages, group.isInOrder());
        int taken = maxBytes.orElse(DEFAULT_MAX_BYTES);
        if (needed > Math.min(taken, OffsetMetadata.MAX_CHARS)) {
            throw new ConfigException("A task of pipeline " + topology.pipeline() + " that reads " + group.topics()
                    + " commits up to " + needed + " characters beside each position, for the ends of the journals of "
                    + stages.size() + " stages"
                    + (group.isInOrder() ? " and for what is done out of turn where sources are read inOrder()" : "")
                    + "; "
                    + (taken < OffsetMetadata.MAX_CHARS
                            ? "the brokers take " + taken + ". Raise their offset.metadata.max.bytes to " + needed
                                    + " or more, or shorten"
                            : "at most " + OffsetMetadata.MAX_CHARS + " can be written. Shorten")
                    + " the names of the stages, or put a rekey between some of them");
        }
    }
}
