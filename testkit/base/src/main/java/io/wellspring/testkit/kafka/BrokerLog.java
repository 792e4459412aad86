package io.wellspring.testkit.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What one run of a broker in its own JVM wrote to its log.
 *
 * @param file the log of all runs
 * @param start where this run begins, in bytes
 */
record BrokerLog(Path file, long start) {
    private static final int MAX_TAIL_BYTES = 4_096;

    /** The log of the run that begins now. */
    static BrokerLog of(BrokerHome home) {
        Path file = home.logFile();
        return new BrokerLog(file, Files.exists(file) ? file.toFile().length() : 0);
    }

    /** Reads its last {@link #MAX_TAIL_BYTES} for an error message. */
    String tail() {
        try (var log = new RandomAccessFile(file.toFile(), "r")) {
            long from = Math.max(start, log.length() - MAX_TAIL_BYTES);
            log.seek(from);
            byte[] bytes = new byte[(int) (log.length() - from)];
            log.readFully(bytes);
            return bytes.length == 0 ? "(it wrote nothing)" : new String(bytes, UTF_8);
        } catch (IOException e) {
            return "(not readable: " + e + ")";
        }
    }
}
