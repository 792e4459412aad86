package io.wellspring.examples.payments;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What was done to a run and what was seen, line by line, in memory and in a file. Safe for several threads. */
final class FaultLog implements AutoCloseable {
    private static final int MOST_LINES = 20_000;
    private static final int MOST_REASONS = 100;

    private final long startNanos = System.nanoTime();
    private final Writer file;
    private final List<String> lines = new ArrayList<>();
    private final Map<Fault.Kind, Integer> made = new EnumMap<>(Fault.Kind.class);
    private final Map<Fault.Kind, Integer> passedOver = new EnumMap<>(Fault.Kind.class);
    private final Map<String, Integer> endsByThemselves = new TreeMap<>();
    private int mended;

    FaultLog(Path file) {
        try {
            this.file = Files.newBufferedWriter(file);
        } catch (IOException failure) {
            throw new UncheckedIOException("Cannot write the fault log " + file, failure);
        }
    }

    synchronized void made(Fault fault) {
        made.merge(fault.kind(), 1, Integer::sum);
        say("%s", fault);
    }

    /** A fault that would have hit nothing. */
    synchronized void passedOver(Fault fault, String why) {
        passedOver.merge(fault.kind(), 1, Integer::sum);
        say("passed over, %s: %s", why, fault);
    }

    /** The broker has to be restarted, and not as a fault. */
    synchronized void mended(String why) {
        mended++;
        say("broker: is there and does not answer for the group, so it is restarted: %s", why);
    }

    synchronized int mended() {
        return mended;
    }

    synchronized void endedByItself(String engine, int status, String why) {
        say("%s ENDED BY ITSELF with status %d: %s", engine, status, why);
        // Numbers, ids and places differ each time; the reason is what is left.
        String reason = why.replaceAll("[0-9a-f]{6,}(-[0-9a-f]{4,})*", "#").replaceAll("\\d+", "#");
        endsByThemselves.merge(endsByThemselves.size() < MOST_REASONS ? reason : "others", 1, Integer::sum);
    }

    synchronized void say(String format, Object... values) {
        String line = String.format(
                Locale.ENGLISH,
                "%9.3f s  %s",
                (System.nanoTime() - startNanos) / 1e9,
                String.format(Locale.ENGLISH, format, values));
        if (lines.size() < MOST_LINES) {
            lines.add(line);
        }
        try {
            file.write(line + "\n");
            file.flush();
        } catch (IOException full) {
            throw new UncheckedIOException("Cannot write the fault log", full);
        }
    }

    synchronized int made(Fault.Kind kind) {
        return made.getOrDefault(kind, 0);
    }

    synchronized int made() {
        return made.values().stream().mapToInt(Integer::intValue).sum();
    }

    synchronized int passedOver(Fault.Kind kind) {
        return passedOver.getOrDefault(kind, 0);
    }

    /** How often an engine ended by itself, by what it said; numbers in it are left out. */
    synchronized Map<String, Integer> endsByThemselves() {
        return new TreeMap<>(endsByThemselves);
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public synchronized void close() {
        try {
            file.close();
        } catch (IOException failure) {
            throw new UncheckedIOException("Cannot close the fault log", failure);
        }
    }
}
