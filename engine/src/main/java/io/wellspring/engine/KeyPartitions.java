package io.wellspring.engine;

/**
 * The partition that a key belongs to, as the Java producer's default partitioner chooses it: MurmurHash2 of the encoded key, 32 bit,
 * seed 0x9747b28c, made positive, modulo the number of partitions (Kafka's documented default since KIP-480; the hash is A. Appleby's,
 * public domain). Written out here since the client offers it only in internal classes, which move.
 */
final class KeyPartitions {
    private static final int SEED = 0x9747b28c;
    private static final int MULTIPLIER = 0x5bd1e995;

    private KeyPartitions() {}

    static int of(byte[] key, int partitions) {
        return (murmur2(key) & 0x7fffffff) % partitions;
    }

    private static int murmur2(byte[] bytes) {
        int length = bytes.length;
        int hash = SEED ^ length;
        int at = 0;
        for (; at + 4 <= length; at += 4) {
            int word = (bytes[at] & 0xff)
                    | ((bytes[at + 1] & 0xff) << 8)
                    | ((bytes[at + 2] & 0xff) << 16)
                    | ((bytes[at + 3] & 0xff) << 24);
            word *= MULTIPLIER;
            word ^= word >>> 24;
            word *= MULTIPLIER;
            hash = (hash * MULTIPLIER) ^ word;
        }
        int left = length - at;
        if (left > 0) {
            for (int i = left - 1; i >= 0; i--) {
                hash ^= (bytes[at + i] & 0xff) << (8 * i);
            }
            hash *= MULTIPLIER;
        }
        hash ^= hash >>> 13;
        hash *= MULTIPLIER;
        return hash ^ (hash >>> 15);
    }
}
