package io.wellspring.examples.run;

/**
 * How far one phase of a run is, shown while it lasts. Used by one thread.
 *
 * @see Terminal#progress
 */
public interface Progress extends AutoCloseable {
    /**
     * Says how far the phase is; cheap enough to be called often.
     *
     * @param steps done so far, counted as the phase's end is
     */
    void at(long steps);

    /**
     * Moves the end of the phase, where more of it came to light.
     *
     * @param steps where it is complete
     */
    void outOf(long steps);

    /** Ends the phase where it is; what is printed next stands below it. */
    @Override
    void close();
}
