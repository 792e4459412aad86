package io.wellspring.state;

import io.wellspring.api.error.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads RocksDB's native code, once a JVM, from a copy below the state directory. RocksDB's own way is a new copy of 17 MB in the
 * temporary directory for each JVM, which stays there for ever when the JVM is killed. Where programs may not be run from the state
 * directory, that way is taken all the same.
 */
final class NativeLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);

    private NativeLibrary() {}

    /** Loads it. The directory belongs to this process alone, so nobody else replaces the copy meanwhile. */
    static synchronized void load(Path directory) {
        try {
            Files.createDirectories(directory);
            NativeLibraryLoader.getInstance().loadLibrary(directory.toString());
        } catch (IOException | RuntimeException | UnsatisfiedLinkError e) {
            LOG.info(
                    "RocksDB is not loaded from {} ({}); taking a copy in the temporary directory",
                    directory,
                    e.getMessage());
        }
        try {
            RocksDB.loadLibrary();
        } catch (RuntimeException | UnsatisfiedLinkError e) {
            throw new ConfigException(
                    "RocksDB's native code cannot be loaded for " + System.getProperty("os.name") + " on "
                            + System.getProperty("os.arch") + ": " + e.getMessage()
                            + "; let java.io.tmpdir or ROCKSDB_SHAREDLIB_DIR name a directory from which programs may be run",
                    e);
        }
    }
}
