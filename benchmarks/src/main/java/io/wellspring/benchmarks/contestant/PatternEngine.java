package io.wellspring.benchmarks.contestant;

/**
 * A library that matches one pattern, in memory, on the caller's thread. What it is given are events of its own kind, made beforehand, so that nobody
 * pays for making them.
 *
 * @param <E> the kind of its events
 */
public interface PatternEngine<E> {
    /**
     * Makes an event.
     *
     * @param type which step takes it, if any
     * @param key its key
     * @param value what conditions across steps compare
     * @return the event
     */
    E make(int type, int key, int value);

    /**
     * Takes in the next event; its matches are out when this returns.
     *
     * @param event one of those made, maybe not for the first time
     * @param key its key
     * @param timeMillis its time, which never falls
     * @throws Exception when the library fails
     */
    void accept(E event, int key, long timeMillis) throws Exception;

    /**
     * Says how many matches have come out.
     *
     * @return their number since the beginning
     */
    long matches();
}
