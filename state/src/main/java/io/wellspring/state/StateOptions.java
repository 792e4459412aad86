package io.wellspring.state;

import io.wellspring.api.error.ConfigException;

/**
 * What the databases of one state directory may use, outside of the Java heap. Caches and buffers are shared, so they do not grow
 * with the number of tasks; besides them RocksDB takes about half a megabyte for each open task (measured with 1,000 of them).
 *
 * @param blockCacheBytes what all databases together use to keep blocks, indexes and filters, and {@code writeBufferBytes} of it for
 *     what is written but not flushed; 128 MiB by default
 * @param writeBufferBytes the part of it from which on databases flush; 48 MiB by default
 * @param openFilesPerTask how many table files one database keeps open, at least 20; 64 by default, which is
 *     about 500 MB of state. A database has about 6 other files open
 * @param backgroundThreads how many threads flush and compact for all databases of this JVM, each kind; 2 by default
 */
public record StateOptions(long blockCacheBytes, long writeBufferBytes, int openFilesPerTask, int backgroundThreads) {
    private static final long MIB = 1024L * 1024;

    /**
     * Checks the values.
     *
     * @param blockCacheBytes at least twice {@code writeBufferBytes}
     * @param writeBufferBytes at least 1 MiB
     * @param openFilesPerTask at least 20
     * @param backgroundThreads at least 1
     * @throws ConfigException when one is out of its range
     */
    public StateOptions {
        if (writeBufferBytes < MIB) {
            throw refused("writeBufferBytes", writeBufferBytes, "below 1 MiB, the buffer of one database");
        }
        if (blockCacheBytes < 2 * writeBufferBytes) {
            throw refused(
                    "blockCacheBytes",
                    blockCacheBytes,
                    "below twice writeBufferBytes=" + writeBufferBytes + ", which are part of it");
        }
        if (openFilesPerTask < 20) {
            throw refused("openFilesPerTask", openFilesPerTask, "below 20, the least that RocksDB works with");
        }
        if (backgroundThreads < 1) {
            throw refused("backgroundThreads", backgroundThreads, "below 1");
        }
    }

    /**
     * What fits one process with up to 1,000 tasks.
     *
     * @return the defaults
     */
    public static StateOptions defaults() {
        return new StateOptions(128 * MIB, 48 * MIB, 64, 2);
    }

    private static ConfigException refused(String name, long value, String why) {
        return new ConfigException(name + "=" + value + " is " + why
                + " [StateOptions]; take StateOptions.defaults() unless you measured otherwise");
    }
}
