package io.wellspring.state;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM beside the test's: it runs a main class of the test tree and is killed at the end. */
final class OtherProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;

    private OtherProcess(Process process) {
        this.process = process;
        this.lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static OtherProcess run(Class<?> main, Path argument) throws IOException {
        return run(List.of(), javaCommand(main, argument));
    }

    /** Runs the main class below a command that gets the argument first and then what to run. */
    static OtherProcess run(List<String> below, Class<?> main, Path argument) throws IOException {
        var arguments = new ArrayList<>(List.of(argument.toString()));
        arguments.addAll(javaCommand(main, argument));
        return run(below, arguments);
    }

    static OtherProcess run(List<String> below, List<String> arguments) throws IOException {
        var command = new ArrayList<>(below);
        command.addAll(arguments);
        return new OtherProcess(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private static List<String> javaCommand(Class<?> main, Path argument) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return List.of(
                java,
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                argument.toString());
    }

    long pid() {
        return process.pid();
    }

    /** Its next line that begins like this; what comes before is passed over. */
    String awaitLine(String begin) {
        var before = new StringBuilder();
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(begin)) {
                    return line;
                }
                before.append(line).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("The other process ended without a line '" + begin + "...':\n" + before);
    }

    /** Its next line, empty when it ended without one. */
    String awaitAnyLine() {
        try {
            String line = lines.readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it as {@code kill -9} does, and waits until it is gone. */
    void kill() {
        try {
            process.destroyForcibly();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new AssertionError("Process " + pid() + " does not die");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
