package io.wellspring.engine;

import io.wellspring.api.Pipeline;
import io.wellspring.api.port.StateStore;
import java.util.Set;

/** A part of a simulated pipeline with topics of its own, what comes in there, and what has to come of it. */
interface ShopPart {
    /** What may happen in a part and is counted, so that one sees that it does happen. */
    enum Feature {
        /** Partial matches live. */
        PATTERN,
        /** Records go to a topic because they cannot be decoded, or a stage fails. */
        DEAD_LETTER,
        /** Such records are passed over. */
        SKIP,
        /** Records come behind the watermark. */
        LATE,
        /** Records wait for the watermark. */
        IN_ORDER,
        /** Keys are parked. */
        PARKED_KEY
    }

    /** Adds the part's steps; called once. */
    void describe(Pipeline.Builder pipeline);

    /** Something comes in. */
    void produce();

    /** Nothing comes in any more but what brings all to an end that waits for something. */
    void endInput();

    /** Somebody asks an engine for something. */
    default void operate(SimulatedInstance instance) {}

    /** Whether everything that came in has led to everything that it has to. */
    boolean complete();

    /** What holds at every moment. */
    void check();

    /** What holds of a snapshot, beside its states, which are the fold of the journal before the position. */
    default void checkSnapshot(String stage, StateStore store, int partition, long position) {}

    /** What holds in the end. */
    void checkAll();

    /** What has happened so far. */
    Set<Feature> happened();

    /** What an instance that crashes now is in the middle of. */
    Set<Feature> underWay(SimulatedInstance instance);

    String progress();
}
