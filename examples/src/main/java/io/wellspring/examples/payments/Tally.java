package io.wellspring.examples.payments;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How what was found differs from what was expected.
 *
 * @param what of which results
 * @param expected how many were expected
 * @param found how many were found, duplicates too
 * @param missing how many of the expected were not found
 * @param duplicate how often one was found again
 * @param wrong how many differ from the expected one, or were not expected at all
 */
record Tally(String what, long expected, long found, long missing, long duplicate, long wrong) {
    boolean exact() {
        return missing == 0 && duplicate == 0 && wrong == 0;
    }

    /** Counts while the results are read. */
    static final class Count<K, V> {
        private final String what;
        private final Map<K, V> expected;
        private final Set<K> seen = new HashSet<>();
        private long found;
        private long duplicate;
        private long wrong;

        Count(String what, Map<K, V> expected) {
            this.what = what;
            this.expected = expected;
        }

        void found(K cause, V value) {
            found++;
            if (!seen.add(cause)) {
                duplicate++;
            } else if (!value.equals(expected.get(cause))) {
                wrong++;
            }
        }

        Tally tally() {
            long missing = expected.keySet().stream()
                    .filter(cause -> !seen.contains(cause))
                    .count();
            return new Tally(what, expected.size(), found, missing, duplicate, wrong);
        }
    }
}
