package io.wellspring.benchmarks;

import io.wellspring.benchmarks.PatternOutcome.End;
import io.wellspring.benchmarks.contestant.PatternRun;
import io.wellspring.benchmarks.contestant.PatternStream;
import io.wellspring.benchmarks.contestant.PatternTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs one contestant in one cell, in a JVM of its own, and compares its matches with Wellspring's. A JVM that does not end is ended.
 *
 * @param jvmArguments flags for every contestant
 * @param peersJar the jar of the peers' module, whose manifest names its libraries
 * @param seconds to warm up, and to measure, of CPU time
 * @param limitSeconds to fill the window, of CPU time
 */
record PatternRunner(List<String> jvmArguments, Path peersJar, double seconds, double limitSeconds) {
    /** By the wall: for the start of the JVM and the compared matches. All else may take twice its CPU time. */
    private static final long GRACE_SECONDS = 25;

    private static final int NOTE_LENGTH = 200;

    PatternOutcome run(PatternLine line, int window, PatternContestant contestant, int round) {
        PatternTask task = line.task(window);
        List<String> said = new ArrayList<>();
        boolean ended = ended(command(contestant, task), said);
        Map<String, Double> told = told(said);
        long checked = told.getOrDefault("checked", 0.0).longValue();
        long matches = told.getOrDefault("matches", 0.0).longValue();
        var outcome = new Draft(line.name(), window, contestant.title(), round, checked, matches);
        if (told.containsKey("rate")) {
            long right = contestant.isPeer() ? matchesOf(task.checked(), checked) : matches;
            if (right != matches || matches == 0) {
                return outcome.without(
                        End.FAILED, matches + " matches of " + checked + " events, where Wellspring finds " + right);
            }
            return outcome.with(
                    told.get("rate"),
                    told.get("wall"),
                    told.get("bytes"),
                    told.get("live").longValue());
        }
        if (said.stream().anyMatch(text -> text.contains("OutOfMemoryError"))) {
            return outcome.without(End.MEMORY, "the heap was full");
        }
        if (told.containsKey("filled") || !ended) {
            long filled = told.getOrDefault("filled", 0.0).longValue();
            return outcome.without(
                    End.LIMIT, filled + " of " + task.windowEvents() + " events in " + limitSeconds + " s");
        }
        return outcome.without(End.FAILED, said.isEmpty() ? "it said nothing" : said.get(said.size() - 1));
    }

    /** An outcome without its end. */
    private record Draft(String line, int window, String contestant, int round, long checked, long matches) {
        PatternOutcome with(double rate, double wallRate, double bytes, long live) {
            return new PatternOutcome(
                    line, window, contestant, round, End.MEASURED, rate, wallRate, bytes, live, checked, matches, "");
        }

        PatternOutcome without(End end, String note) {
            String shown = note.substring(0, Math.min(note.length(), NOTE_LENGTH));
            return new PatternOutcome(
                    line,
                    window,
                    contestant,
                    round,
                    end,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    0,
                    checked,
                    matches,
                    shown);
        }
    }

    private List<String> command(PatternContestant contestant, PatternTask task) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmArguments);
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.addAll(List.of(PatternRun.flags(seconds, limitSeconds)));
        command.add("-cp");
        command.add(contestant.isPeer() ? peersClassPath() : Launcher.ownClassPath());
        command.add(contestant.mainClass());
        command.addAll(task.toArguments());
        return command;
    }

    private String peersClassPath() {
        if (!Files.isRegularFile(peersJar)) {
            throw new RunFailedException("the peers are not built: " + peersJar
                    + " is missing; run mvn -q -DskipTests package, or name another with --peers-jar");
        }
        return peersJar.toString();
    }

    private boolean ended(List<String> command, List<String> said) {
        try {
            Path log = Files.createTempFile("wellspring-patterns-", ".log");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
                long patience = Math.round(Math.ceil(2 * (limitSeconds + 2 * seconds))) + GRACE_SECONDS;
                boolean ended = process.waitFor(patience, TimeUnit.SECONDS);
                process.destroyForcibly().waitFor();
                said.addAll(Files.readAllLines(log, StandardCharsets.UTF_8));
                return ended;
            } finally {
                Files.delete(log);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot run " + command, failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RunFailedException("interrupted while a contestant ran");
        }
    }

    /** The lines {@code name=number} among what it said. */
    private static Map<String, Double> told(List<String> said) {
        Map<String, Double> told = new HashMap<>();
        for (String text : said) {
            if (text.matches("[a-z]+=-?[0-9.]+")) {
                int equals = text.indexOf('=');
                told.put(text.substring(0, equals), Double.valueOf(text.substring(equals + 1)));
            }
        }
        return told;
    }

    /** What Wellspring finds in the first events of a stream. */
    static long matchesOf(PatternTask task, long events) {
        var engine = new WellspringPatterns(task);
        var stream = new PatternStream<>(task, engine);
        try {
            while (stream.count() < events) {
                stream.feed(1);
            }
        } catch (Exception failure) {
            throw new IllegalStateException("Wellspring failed over event " + stream.count(), failure);
        }
        return engine.matches();
    }
}
