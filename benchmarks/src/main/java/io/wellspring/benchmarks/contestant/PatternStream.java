package io.wellspring.benchmarks.contestant;

import java.util.SplittableRandom;

/**
 * The endless stream of a {@link PatternTask}: types uniform over all step types but the last and six noise types, a millisecond apart, keys in turn. A
 * circle of a million events, so that the keys and the completing events come out even.
 *
 * @param <E> the kind of the engine's events
 */
public final class PatternStream<E> {
    private static final int NOISE_TYPES = 6;
    private static final int VALUES = 1_000;
    private static final int CIRCLE = 1_000_000;
    private static final long SEED = 42;

    private final PatternEngine<E> engine;
    private final int keys;
    private final E[] circle;
    private int at;
    private int key;
    private long count;

    /**
     * Makes the events.
     *
     * @param task the cell
     * @param engine what makes them and takes them in
     */
    @SuppressWarnings("unchecked") // an array of what only this class puts in
    public PatternStream(PatternTask task, PatternEngine<E> engine) {
        this.engine = engine;
        this.keys = task.keys();
        var random = new SplittableRandom(SEED);
        int last = task.steps() - 1;
        int types = last + NOISE_TYPES;
        circle = (E[]) new Object[CIRCLE];
        for (int i = 0; i < CIRCLE; i++) {
            boolean completes = task.completing() > 0 && i % task.completing() == task.completing() - 1;
            int drawn = random.nextInt(types);
            int type = drawn < last ? drawn : drawn + 1;
            circle[i] = engine.make(completes ? last : type, i % keys, random.nextInt(VALUES));
        }
    }

    /**
     * Feeds the engine.
     *
     * @param events how many
     * @throws Exception when the engine fails
     */
    public void feed(int events) throws Exception {
        for (int i = 0; i < events; i++) {
            engine.accept(circle[at], key, count++);
            at = at + 1 == CIRCLE ? 0 : at + 1;
            key = key + 1 == keys ? 0 : key + 1;
        }
    }

    /**
     * Says how many events were fed.
     *
     * @return their number
     */
    public long count() {
        return count;
    }
}
