package io.wellspring.state;

import io.wellspring.api.error.ConfigException;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.stream.Stream;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads RocksDB's native code, once a JVM, from a copy below the state directory. RocksDB's own way is a new copy of 17 MB in the
 * temporary directory for each JVM, which costs time at each start, and stays there for ever when the JVM is killed. Here the copy stays for the next
 * start, in a directory that is named by the checksum of what is in the jar. Where programs may not be run from the state directory, RocksDB's
 * way is taken all the same.
 */
final class NativeLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);

    /** In RocksDB's jar. */
    private static final String PACKED = Environment.getJniLibraryFileName("rocksdb");

    /** Where {@link RocksDB#loadLibrary(List)} looks for it, in each of its directories; it adds "jni" to a name that has it. */
    private static final String KEPT = Environment.getJniLibraryFileName("rocksdbjni");

    private NativeLibrary() {}

    /** Loads it from the copy that an earlier process has left here, if there is one; changes nothing on the disk. */
    static synchronized void loadKept(Path directory) {
        packed().ifPresent(entry -> loadKept(directory, entry));
    }

    /** Loads it. The directory belongs to this process alone, so nobody else replaces the copy meanwhile. */
    static synchronized void load(Path directory) {
        Optional<JarEntry> entry = packed();
        if (entry.isPresent() && loadKept(directory, entry.get())) {
            return;
        }
        try {
            Path unpacked = Files.createDirectories(directory.resolve("unpacked"));
            NativeLibraryLoader.getInstance().loadLibrary(unpacked.toString());
            if (entry.isPresent()) {
                keep(unpacked, directory, home(directory, entry.get()));
            }
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

    private static boolean loadKept(Path directory, JarEntry packed) {
        Path home = home(directory, packed);
        try {
            if (Files.size(home.resolve(KEPT)) == packed.getSize()) {
                RocksDB.loadLibrary(List.of(home.toAbsolutePath().toString()));
                return true;
            }
        } catch (IOException | RuntimeException | UnsatisfiedLinkError unusable) {
            LOG.debug("there is no copy of RocksDB's native code in {} to be used", home, unusable);
        }
        return false;
    }

    private static Path home(Path directory, JarEntry packed) {
        return directory.resolve(Long.toHexString(packed.getCrc()));
    }

    /** Moves what was unpacked to where the next process looks for it. It was loaded already: a failure costs that process its time only. */
    private static void keep(Path unpacked, Path directory, Path home) {
        try {
            try (Stream<Path> others = Files.list(directory)) {
                for (Path other : others.filter(each -> !each.equals(unpacked)).toList()) {
                    delete(other); // of another version of RocksDB, or broken
                }
            }
            try (FileChannel written = FileChannel.open(unpacked.resolve(PACKED), StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(unpacked.resolve(PACKED), unpacked.resolve(KEPT));
            Files.move(unpacked, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.debug("RocksDB's native code is not kept in {}", home, e);
        }
    }

    private static void delete(Path copy) throws IOException {
        if (Files.isDirectory(copy)) {
            try (Stream<Path> files = Files.list(copy)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.delete(copy);
    }

    /** The library for this system as it lies in RocksDB's jar; empty where it is for another kind of C library, or not in a jar. */
    private static Optional<JarEntry> packed() {
        URL resource = RocksDB.class.getResource("/" + PACKED);
        try {
            return resource != null && resource.openConnection() instanceof JarURLConnection jar
                    ? Optional.ofNullable(jar.getJarEntry())
                    : Optional.empty();
        } catch (IOException e) {
            LOG.debug("{} cannot be looked at", resource, e);
            return Optional.empty();
        }
    }
}
