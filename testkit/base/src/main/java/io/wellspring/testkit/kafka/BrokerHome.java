package io.wellspring.testkit.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/**
 * The directory of one embedded broker and what must not change between its runs: cluster id and ports.
 *
 * <pre>
 * home/identity.properties   cluster id, broker port, controller port
 * home/data/                 Kafka's own
 *
 * a broker in a JVM of its own has also
 * home/broker.log            what it has to say
 * home/server.properties, classpath.args, logback.xml    how it is started; written anew at each start
 * </pre>
 *
 * @param directory the home
 * @param temporary whether the home goes with its broker
 * @param clusterId Kafka's cluster id
 * @param port where clients connect
 * @param controllerPort where the node talks to its own controller
 */
record BrokerHome(Path directory, boolean temporary, String clusterId, int port, int controllerPort) {
    static final String HOST = "127.0.0.1";
    private static final String IDENTITY = "identity.properties";
    private static final String SERVER = "server.properties";

    static BrokerHome open(Optional<Path> wanted) {
        try {
            Path directory = wanted.isPresent()
                    ? Files.createDirectories(wanted.get()).toAbsolutePath()
                    : Files.createTempDirectory("wellspring-kafka-");
            Path identity = directory.resolve(IDENTITY);
            if (Files.exists(identity)) {
                return read(directory, false);
            }
            int[] ports = FreePorts.find(2);
            BrokerHome home = new BrokerHome(
                    directory, wanted.isEmpty(), Uuid.randomUuid().toString(), ports[0], ports[1]);
            home.write(identity);
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot make the directory of an embedded broker at "
                            + wanted.map(Path::toString).orElse("the temporary directory"),
                    e);
        }
    }

    /** Opens the home that a parent process made. */
    static BrokerHome reopen(Path directory, boolean temporary) {
        try {
            return read(directory, temporary);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the identity of the broker in " + directory, e);
        }
    }

    private static BrokerHome read(Path directory, boolean temporary) throws IOException {
        Properties stored = load(directory.resolve(IDENTITY));
        return new BrokerHome(
                directory,
                temporary,
                stored.getProperty("cluster.id"),
                Integer.parseInt(stored.getProperty("port")),
                Integer.parseInt(stored.getProperty("controller.port")));
    }

    private void write(Path identity) throws IOException {
        // Written aside and moved, so that a home is never found with half an identity.
        Path aside = directory.resolve(IDENTITY + ".new");
        store(
                Map.of(
                        "cluster.id",
                        clusterId,
                        "port",
                        Integer.toString(port),
                        "controller.port",
                        Integer.toString(controllerPort)),
                aside);
        Files.move(aside, identity, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Leaves the broker's properties for its own JVM. */
    void writeServerProperties(Map<String, String> properties) {
        try {
            store(properties, directory.resolve(SERVER));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the properties of the broker in " + directory, e);
        }
    }

    Map<String, String> readServerProperties() {
        try {
            Map<String, String> properties = new TreeMap<>();
            load(directory.resolve(SERVER)).forEach((name, value) -> properties.put((String) name, (String) value));
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the properties of the broker in " + directory, e);
        }
    }

    private static Properties load(Path file) throws IOException {
        Properties properties = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            properties.load(in);
        }
        return properties;
    }

    private static void store(Map<String, String> values, Path file) throws IOException {
        Properties properties = new Properties();
        properties.putAll(values);
        try (var out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
    }

    String bootstrapServers() {
        return HOST + ":" + port;
    }

    Path dataDirectory() {
        return directory.resolve("data");
    }

    Path logFile() {
        return directory.resolve("broker.log");
    }

    /** Says who is in the way if a port is taken: a broker that still runs over this home, or a stranger. */
    void requireFreePorts() {
        for (int wanted : new int[] {port, controllerPort}) {
            if (!FreePorts.isFree(wanted)) {
                throw new IllegalStateException("port " + wanted + " of the embedded broker in " + directory
                        + " is taken; is a broker still running over this directory? End it, or use another directory");
            }
        }
    }

    /** Deletes the home if it is temporary. Waits for nobody: the broker must have ended. */
    void discard() {
        if (!temporary) {
            return;
        }
        try {
            deleteAll(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete the temporary broker directory " + directory, e);
        }
    }

    private static void deleteAll(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                // Kafka's own deletions may still be under way.
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
