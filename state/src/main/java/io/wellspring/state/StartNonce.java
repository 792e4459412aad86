package io.wellspring.state;

import java.util.UUID;

/** Names one start of an instance so that a person finds the process: host, process id and something random. At most 50 characters. */
final class StartNonce {
    private static final int HOST_CHARS = 28;
    private static final int RADIX = 36;
    /** Eight characters in base 36. */
    private static final int RANDOM_SHIFT = 24;

    private StartNonce() {}

    static String of(String host, long pid, UUID random) {
        String legal = host.replaceAll("[^a-zA-Z0-9._-]", "_");
        return legal.substring(0, Math.min(HOST_CHARS, legal.length())) + "-" + pid + "-"
                + Long.toString(random.getLeastSignificantBits() >>> RANDOM_SHIFT, RADIX);
    }
}
