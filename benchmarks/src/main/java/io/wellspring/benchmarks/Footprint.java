package io.wellspring.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a process takes of its machine, as Linux and the JVM tell it.
 *
 * @param peakBytes the most physical memory it ever had, in and outside of the heap; 0 where the system does not tell
 * @param liveBytes what is reachable in its heap after a full collection; 0 where {@code jcmd} does not tell
 */
record Footprint(long peakBytes, long liveBytes) {
    static Footprint of(long pid) {
        return new Footprint(peak(pid), live(pid));
    }

    /** The sizes of all files below a folder. */
    static long bytesBelow(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException failure) {
            throw new UncheckedIOException(folder + " cannot be read", failure);
        }
    }

    private static long peak(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"), StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException notLinux) {
            return 0;
        }
    }

    /** The histogram of live objects ends with their sum; to make it, the JVM collects all garbage. */
    private static long live(long pid) {
        try {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(pid),
                            "GC.class_histogram")
                    .redirectErrorStream(true)
                    .start();
            String told = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            List<String> sums =
                    told.lines().filter(line -> line.startsWith("Total")).toList();
            return jcmd.waitFor() == 0 && !sums.isEmpty()
                    ? Long.parseLong(sums.get(0).trim().split("\\s+", -1)[2])
                    : 0;
        } catch (IOException noTool) {
            return 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RunFailedException("interrupted while a contestant was looked at");
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%,d MiB at most, %,d MiB of them live heap in the end", peakBytes >> 20, liveBytes >> 20);
    }
}
