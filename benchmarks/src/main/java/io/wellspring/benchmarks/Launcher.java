package io.wellspring.benchmarks;

import io.wellspring.benchmarks.contestant.ContestantSettings;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Builds the command line of a contestant's JVM: the JDK that runs the harness, the same flags for everyone, the class
 * path of its module.
 *
 * @param jvmArguments flags for every contestant
 * @param streamsJar the jar of the Kafka Streams module, whose manifest names its libraries
 */
record Launcher(List<String> jvmArguments, Path streamsJar) {
    /** From this version on a JVM warns when a library loads native code unless that is asked for. */
    private static final int NATIVE_ACCESS_SINCE = 24;

    List<String> command(ContestantSpec contestant, ContestantSettings settings) {
        return command(contestant, settings, List.of());
    }

    /** As {@link #command(ContestantSpec, ContestantSettings)}, with an archive of loaded classes; only a JVM that ends in order writes one. */
    List<String> command(ContestantSpec contestant, ContestantSettings settings, Path classes, boolean write) {
        return command(
                contestant,
                settings,
                List.of((write ? "-XX:ArchiveClassesAtExit=" : "-XX:SharedArchiveFile=") + classes));
    }

    private List<String> command(ContestantSpec contestant, ContestantSettings settings, List<String> archive) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmArguments);
        if (Runtime.version().feature() >= NATIVE_ACCESS_SINCE) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(archive);
        command.add("-cp");
        command.add(
                switch (contestant.home()) {
                    case BENCHMARKS -> ownClassPath();
                    case KAFKA_STREAMS -> streamsClassPath();
                });
        command.add(contestant.mainClass());
        command.addAll(settings.toArguments());
        return command;
    }

    private String streamsClassPath() {
        if (!Files.isRegularFile(streamsJar)) {
            throw new RunFailedException("the Kafka Streams contestants are not built: " + streamsJar
                    + " is missing; run mvn -q -DskipTests package, or name another with --streams-jar");
        }
        return streamsJar.toString();
    }

    static String ownClassPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The folder {@code benchmarks}: two above the jar or the folder of classes that this class came from. */
    static Path moduleDirectory() {
        try {
            Path source = Path.of(Launcher.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return source.toAbsolutePath().getParent().getParent();
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException("the place of the benchmarks' classes is not a file", impossible);
        }
    }

    static Path defaultPeersJar() {
        return moduleDirectory().resolve("patterns/target/wellspring-benchmarks-patterns.jar");
    }

    static Path defaultStreamsJar() {
        return moduleDirectory().resolve("kafka-streams/target/wellspring-benchmarks-kafka-streams.jar");
    }
}
