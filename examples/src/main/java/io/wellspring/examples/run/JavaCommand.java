package io.wellspring.examples.run;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line that starts this program again, in a JVM of its own. */
public final class JavaCommand {
    /** By name: this package must not depend on the programs that use it. */
    static final String MAIN_CLASS = "io.wellspring.examples.Examples";

    private static final int FIRST_WITH_NATIVE_ACCESS = 22;
    private static final int HEAP_MEGABYTES = 512;

    private JavaCommand() {}

    /**
     * This JVM's {@code java}, class path and main class.
     *
     * @param shortLived whether it lives for seconds, so that the second compiler would cost more time than it saves (measured: half of the CPU time
     *     of a run over 200,000 records)
     * @param arguments of the program
     * @return the words of the command
     */
    public static List<String> thisProgram(boolean shortLived, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + HEAP_MEGABYTES + "m");
        command.add("-XX:+UseSerialGC");
        command.add("-XX:+ExitOnOutOfMemoryError");
        if (shortLived) {
            command.add("-XX:TieredStopAtLevel=1");
        }
        if (Runtime.version().feature() >= FIRST_WITH_NATIVE_ACCESS) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add("-cp");
        command.add(absolute(System.getProperty("java.class.path")));
        command.add(MAIN_CLASS);
        command.addAll(arguments);
        return command;
    }

    private static String absolute(String classPath) {
        List<String> entries = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            entries.add(Path.of(entry).toAbsolutePath().toString());
        }
        return String.join(File.pathSeparator, entries);
    }
}
