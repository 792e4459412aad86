package io.wellspring.benchmarks.patterns;

/**
 * An event as a bean, which Flink and Esper read best.
 */
public final class Tick {
    private final int type;
    private final int key;
    private final int value;

    Tick(int type, int key, int value) {
        this.type = type;
        this.key = key;
        this.value = value;
    }

    /**
     * Which step takes it.
     *
     * @return the type
     */
    public int getType() {
        return type;
    }

    /**
     * Whose event it is.
     *
     * @return the key
     */
    public int getKey() {
        return key;
    }

    /**
     * What is compared across steps.
     *
     * @return the value
     */
    public int getValue() {
        return value;
    }
}
