package io.wellspring.testkit.sim;

/**
 * How often what goes wrong, as probabilities from 0 to 1 for each request or read. A lost request never reaches the cluster and is not
 * answered for as long as the call that sent it waits; a lost reply belongs to a request that was carried out.
 *
 * @param lostRequest the part of requests that are lost
 * @param lostReply the part of requests that are carried out without an answer
 * @param shortFetch the part of reads that bring at most two records, or none
 */
public record Faults(double lostRequest, double lostReply, double shortFetch) {
    /** Nothing goes wrong. */
    public static final Faults NONE = new Faults(0, 0, 0);

    /**
     * Checks the probabilities.
     *
     * @param lostRequest the part of requests that are lost
     * @param lostReply the part of requests that are carried out without an answer
     * @param shortFetch the part of reads that bring at most two records, or none
     */
    public Faults {
        if (!isProbability(lostRequest) || !isProbability(lostReply) || !isProbability(shortFetch)) {
            throw new IllegalArgumentException("lostRequest=" + lostRequest + ", lostReply=" + lostReply
                    + ", shortFetch=" + shortFetch + ": each has to lie between 0 and 1 [Faults]");
        }
    }

    private static boolean isProbability(double value) {
        return value >= 0 && value <= 1;
    }
}
