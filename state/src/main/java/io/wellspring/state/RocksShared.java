package io.wellspring.state;

import java.util.HashMap;
import java.util.Map;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.Env;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.Priority;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBufferManager;

/**
 * What the databases of this process have in common, as far as their directories chose the same: one block cache, one budget of write buffers charged to it, and options
 * for many small databases instead of RocksDB's for one big one. With its defaults 1,000 of them would reserve gigabytes (64 MiB
 * of write buffer, 1 MiB arena blocks, 4 MiB of preallocated manifest and 16 threads to open files, each).
 */
final class RocksShared implements AutoCloseable {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final double BLOOM_BITS_PER_KEY = 10;

    /** By their options, those that are in use, so that several engines of a process have one cache. */
    private static final Map<StateOptions, RocksShared> IN_USE = new HashMap<>();

    private final StateOptions chosen;
    private int users;

    private final Cache blockCache;
    private final WriteBufferManager writeBuffers;
    private final BloomFilter filter;
    private final Options options;

    /** What all directories of this process that chose the same have in common; {@link #close} gives it back. */
    static RocksShared acquire(StateOptions chosen) {
        synchronized (IN_USE) {
            RocksShared shared = IN_USE.computeIfAbsent(chosen, RocksShared::new);
            shared.users++;
            return shared;
        }
    }

    private RocksShared(StateOptions chosen) {
        this.chosen = chosen;
        blockCache = new LRUCache(chosen.blockCacheBytes());
        writeBuffers = new WriteBufferManager(chosen.writeBufferBytes(), blockCache);
        filter = new BloomFilter(BLOOM_BITS_PER_KEY);
        Env.getDefault().setBackgroundThreads(chosen.backgroundThreads(), Priority.HIGH);
        Env.getDefault().setBackgroundThreads(chosen.backgroundThreads(), Priority.LOW);
        options = options(chosen);
    }

    private Options options(StateOptions chosen) {
        return new Options()
                .setCreateIfMissing(true)
                .setParanoidChecks(true)
                // A torn tail of the log is a snapshot that was not finished: the one before it holds.
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                .setAvoidFlushDuringRecovery(true)
                .setWriteBufferManager(writeBuffers)
                .setWriteBufferSize(MIB)
                .setArenaBlockSize(16 * KIB)
                .setTargetFileSizeBase(8 * MIB)
                .setTargetFileSizeMultiplier(2)
                .setMaxBytesForLevelBase(16 * MIB)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setMaxOpenFiles(chosen.openFilesPerTask())
                .setMaxFileOpeningThreads(1)
                .setSkipStatsUpdateOnDbOpen(true)
                .setTableCacheNumshardbits(1)
                .setMaxBackgroundJobs(2)
                .setManifestPreallocationSize(64 * KIB)
                .setMaxManifestFileSize(MIB)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(256 * KIB)
                .setKeepLogFileNum(2)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(blockCache)
                        .setBlockSize(8 * KIB)
                        .setFilterPolicy(filter)
                        .setCacheIndexAndFilterBlocks(true)
                        .setCacheIndexAndFilterBlocksWithHighPriority(true)
                        .setPinL0FilterAndIndexBlocksInCache(true));
    }

    Options options() {
        return options;
    }

    /** Only after the last database of the directory is closed. */
    @Override
    public void close() {
        synchronized (IN_USE) {
            if (--users > 0) {
                return;
            }
            IN_USE.remove(chosen);
        }
        options.close();
        writeBuffers.close();
        filter.close();
        blockCache.close();
    }
}
