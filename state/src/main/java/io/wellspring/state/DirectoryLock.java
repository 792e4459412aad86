package io.wellspring.state;

import io.wellspring.api.error.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a directory for one owner: of all processes by a lock of the operating system, which ends with the process however it
 * dies, and within this JVM by a map. The map is asked first, and a directory in it is not touched: on POSIX systems closing
 * <em>any</em> handle of a file gives up all locks that the process has on it, so merely looking at the file would unlock it.
 *
 * <p>The file says who holds it, for the message. The locked byte lies far behind that text, as some systems do not let others
 * read what is locked.
 */
final class DirectoryLock implements AutoCloseable {
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;
    private static final Map<Path, String> HELD_BY_THIS_JVM = new ConcurrentHashMap<>();

    private final Path directory;
    private final FileChannel channel;
    private final FileLock lock;

    private DirectoryLock(Path directory, FileChannel channel, FileLock lock) {
        this.directory = directory;
        this.channel = channel;
        this.lock = lock;
    }

    static DirectoryLock acquire(Path directory, Instant now) throws IOException {
        Path real = directory.toRealPath();
        String self = "process " + ProcessHandle.current().pid() + " on host " + host() + " since " + now;
        String holder = HELD_BY_THIS_JVM.putIfAbsent(real, self);
        if (holder != null) {
            throw refused(directory, "this very process (" + holder + ")");
        }
        try {
            return acquireFile(real, self);
        } catch (IOException | RuntimeException e) {
            HELD_BY_THIS_JVM.remove(real);
            throw e;
        }
    }

    private static DirectoryLock acquireFile(Path directory, String self) throws IOException {
        Path file = directory.resolve("lock");
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
            if (lock == null) {
                String holder = Files.readString(file).strip();
                throw refused(directory, holder.isEmpty() ? "another process, which has not said yet which" : holder);
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((self + "\n").getBytes(StandardCharsets.UTF_8)), 0);
            return new DirectoryLock(directory, channel, lock);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static ConfigException refused(Path directory, String holder) {
        return new ConfigException("The state directory " + directory + " is in use by " + holder
                + "; stop that one, or give this one a directory of its own");
    }

    static String host() {
        String name = System.getenv("HOSTNAME");
        if (name != null && !name.isBlank()) {
            return name;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "(unknown)";
        }
    }

    @Override
    public void close() throws IOException {
        try {
            lock.close();
        } finally {
            channel.close();
            HELD_BY_THIS_JVM.remove(directory);
        }
    }
}
