package io.wellspring.benchmarks;

/**
 * What a checker found in the outputs of a run.
 *
 * @param missing inputs without an output
 * @param duplicate outputs beyond the first of their input
 * @param wrong outputs with a wrong key or value
 * @param outOfOrder outputs that came after a later one of their account
 * @param first the first finding in words, empty if there was none
 */
record Verdict(long missing, long duplicate, long wrong, long outOfOrder, String first) {
    boolean isClean() {
        return missing == 0 && duplicate == 0 && wrong == 0 && outOfOrder == 0;
    }

    @Override
    public String toString() {
        String counts =
                "missing " + missing + ", duplicate " + duplicate + ", wrong " + wrong + ", out of order " + outOfOrder;
        return first.isEmpty() ? counts : counts + " (first: " + first + ")";
    }
}
