package io.wellspring.testkit.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanedBrokerIT {
    /** The parent's class path is one jar that only lists others, so this also shows that a broker starts from such. */
    @Test
    void endsAndRemovesItsDirectoryWhenItsParentIsKilled(@TempDir Path directory) throws Exception {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        manifestOnlyJar(directory).toString(),
                        BrokerParent.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var said = parent.inputReader(UTF_8)) {
            String[] pidAndHome = said.readLine().split(" ", 2);
            ProcessHandle broker =
                    ProcessHandle.of(Long.parseLong(pidAndHome[0])).orElseThrow();
            assertThat(Path.of(pidAndHome[1])).isDirectory();

            parent.destroyForcibly();

            Awaitility.await("the end of the orphaned broker")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> !broker.isAlive());
            assertThat(Files.exists(Path.of(pidAndHome[1]))).isFalse();
        } finally {
            parent.destroyForcibly();
        }
    }

    private static Path manifestOnlyJar(Path directory) throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                                .map(entry -> Path.of(entry).toUri().toString())
                                .collect(Collectors.joining(" ")));
        Path jar = directory.resolve("classpath.jar");
        try (OutputStream out = Files.newOutputStream(jar)) {
            new JarOutputStream(out, manifest).close();
        }
        return jar;
    }
}
