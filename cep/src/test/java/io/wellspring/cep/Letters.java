package io.wellspring.cep;

import java.time.Instant;

/**
 * An event of generated streams: it fits a step when it has the step's letter, so it may fit several.
 *
 * @param number its place in the stream, from 0
 */
record Letters(int number, long timeMillis, String letters, int weight) {
    boolean has(char letter) {
        return letters.indexOf(letter) >= 0;
    }

    Instant time() {
        return Instant.ofEpochMilli(timeMillis);
    }

    @Override
    public String toString() {
        return letters + weight + "@" + timeMillis;
    }
}
