package io.wellspring.state;

import io.wellspring.api.error.CorruptException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files in a directory that are named by the SHA-256 of their content, so that each is there once, and never changes. One that is found to have other
 * content is moved aside by whoever finds it, so that the next one to put it there writes it anew; to look at each whenever it is put would be to read
 * all of the backup again.
 */
final class ContentFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ContentFiles.class);
    private static final int CHUNK_BYTES = 1 << 18;

    private final Path directory;
    private final Clock clock;

    ContentFiles(Path directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The hash of a file, which is read through. */
    static String hash(Path file) throws IOException {
        return copy(file, null);
    }

    /** Puts a file there if nothing is there by its name and size. One that is there looks new again, so that nobody deletes it as an old one. */
    void put(Path file, BackupManifest.Part part) throws IOException {
        Files.createDirectories(directory);
        Path stored = directory.resolve(part.hash());
        if (Files.exists(stored) && Files.size(stored) == part.bytes()) {
            Files.setLastModifiedTime(stored, FileTime.from(clock.instant()));
            return;
        }
        Path beside = directory.resolve(part.hash() + "." + UUID.randomUUID() + ".new");
        try {
            copy(file, beside);
            check(part, beside, hash(beside));
            Files.move(beside, stored, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            DurableFile.forceNames(directory);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    /** Copies a file from there, checked on the way. */
    void take(BackupManifest.Part part, Path to) throws IOException {
        Path stored = present(part);
        checkStored(part, stored, copy(stored, to));
    }

    /** Reads a file there through. */
    void verify(BackupManifest.Part part) throws IOException {
        Path stored = present(part);
        checkStored(part, stored, hash(stored));
    }

    private Path present(BackupManifest.Part part) throws IOException {
        Path stored = directory.resolve(part.hash());
        if (!Files.exists(stored)) {
            throw new CorruptException("its file " + stored + " is missing");
        }
        if (Files.size(stored) != part.bytes()) {
            throw new CorruptException(
                    "its file " + stored + " has " + Files.size(stored) + " bytes and should have " + part.bytes());
        }
        return stored;
    }

    private void checkStored(BackupManifest.Part part, Path stored, String found) {
        try {
            check(part, stored, found);
        } catch (CorruptException rotten) {
            try {
                Files.move(stored, directory.resolve(part.hash() + ".rotten"), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                LOG.warn(
                        "{} is rotten and cannot be moved aside; delete it, so that it is written anew: {}",
                        stored,
                        e.toString());
            }
            throw rotten;
        }
    }

    private static void check(BackupManifest.Part part, Path stored, String found) {
        if (!found.equals(part.hash())) {
            throw new CorruptException(
                    "its file " + stored + " has other content than was written (SHA-256 " + found + ")");
        }
    }

    /** Reads a file, and writes it to another one where one is named, forced to disk; an interruption ends it. */
    private static String copy(Path from, Path to) throws IOException {
        MessageDigest digest = sha256();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel out = to == null
                        ? null
                        : FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (in.read(chunk) >= 0) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted while copying " + from);
                }
                chunk.flip();
                digest.update(chunk.duplicate());
                while (out != null && chunk.hasRemaining()) {
                    out.write(chunk);
                }
                chunk.clear();
            }
            if (out != null) {
                out.force(true);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
