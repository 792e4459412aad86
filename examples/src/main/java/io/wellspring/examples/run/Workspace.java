package io.wellspring.examples.run;

import io.wellspring.testkit.kafka.BrokerConfig;
import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * What one run works in: a directory, and a broker of its own unless it was given the address of one. Both go away when the run is closed or
 * the JVM ends, unless they are to be kept; the broker ends with this JVM in any case.
 */
public final class Workspace implements AutoCloseable {
    private static final int KILL_SECONDS = 10;

    /**
     * The most. A broker forgets idempotent producers by the timestamps of their records, not by the time at which it took them (a day, by
     * default), and those of the examples lie back. It would take a repeated batch of a forgotten producer a second time, when it was restarted.
     */
    private static final String PRODUCERS_REMEMBERED_MILLIS = Integer.toString(Integer.MAX_VALUE);

    private final Path directory;
    private final Optional<KafkaBroker> broker;
    private final String bootstrap;
    private final String prefix;
    private final boolean keep;
    private final Queue<ProcessHandle> processes = new ConcurrentLinkedQueue<>();
    private final Thread atExit = new Thread(this::cleanUp, "workspace-at-exit");

    private Workspace(Path directory, Optional<KafkaBroker> broker, String bootstrap, String prefix, boolean keep) {
        this.directory = directory;
        this.broker = broker;
        this.bootstrap = bootstrap;
        this.prefix = prefix;
        this.keep = keep;
    }

    /**
     * Makes a directory and starts a broker in a JVM of its own, where no address is given.
     *
     * @param program the program's name, part of the directory's
     * @param bootstrap the address of a cluster to run on, or null for an embedded broker
     * @param keep whether the directory stays when the run is over
     * @param terminal is told where the broker is
     * @return the workspace
     * @throws RunException when the broker does not start
     */
    public static Workspace open(String program, String bootstrap, boolean keep, Terminal terminal) {
        Path directory;
        try {
            directory = Files.createTempDirectory("wellspring-" + program + "-");
        } catch (IOException full) {
            throw new UncheckedIOException(
                    "Cannot make a directory for the run in " + System.getProperty("java.io.tmpdir"), full);
        }
        Workspace workspace;
        if (bootstrap != null) {
            // Others may use that cluster, and earlier runs may have left topics.
            String prefix =
                    "run-" + Integer.toHexString(ThreadLocalRandom.current().nextInt()) + "-";
            workspace = new Workspace(directory, Optional.empty(), bootstrap, prefix, keep);
            terminal.say("broker", "%s; the run's topics begin with %s", bootstrap, prefix);
        } else {
            long startNanos = System.nanoTime();
            KafkaBroker broker;
            try {
                // Of its own accord a broker removes only a home of its own, also when this JVM is killed.
                BrokerConfig config =
                        BrokerConfig.defaults().property("producer.id.expiration.ms", PRODUCERS_REMEMBERED_MILLIS);
                broker = EmbeddedKafka.ownJvm(keep ? config.directory(directory.resolve("broker")) : config);
            } catch (IllegalStateException failed) {
                delete(directory);
                throw new RunException("The embedded broker did not start: " + failed.getMessage(), failed);
            }
            workspace = new Workspace(directory, Optional.of(broker), broker.bootstrapServers(), "", keep);
            terminal.say(
                    "broker",
                    "Kafka in a JVM of its own at %s, up in %.1f s",
                    workspace.bootstrap,
                    (System.nanoTime() - startNanos) / 1e9);
        }
        Runtime.getRuntime().addShutdownHook(workspace.atExit);
        return workspace;
    }

    /**
     * Where the cluster is.
     *
     * @return {@code host:port}
     */
    public String bootstrap() {
        return bootstrap;
    }

    /**
     * The run's own broker, for those who want to end it and bring it back.
     *
     * @return empty when the run was given the address of a cluster
     */
    public Optional<KafkaBroker> broker() {
        return broker;
    }

    /**
     * What the names of this run's topics and pipeline begin with.
     *
     * @return empty on a broker of the run's own, unique elsewhere
     */
    public String prefix() {
        return prefix;
    }

    /**
     * The run's directory.
     *
     * @return an existing directory
     */
    public Path directory() {
        return directory;
    }

    /**
     * Whether the directory, and on a foreign cluster the topics, stay.
     *
     * @return true when they do
     */
    public boolean keep() {
        return keep;
    }

    /**
     * Takes a process into care: it is killed when the workspace closes or this JVM ends, before the directory goes.
     *
     * @param process the process
     */
    public void takeIn(ProcessHandle process) {
        processes.add(process);
    }

    /**
     * Deletes what the run left on a cluster that is not its own; what cannot be deleted is told.
     *
     * @param cluster the cluster
     * @param group the consumer group, also the first part of the names of journals
     * @param terminal is told what stays
     */
    public void deleteFrom(Cluster cluster, String group, Terminal terminal) {
        if (broker.isEmpty() && !keep) {
            cluster.delete(List.of(prefix), group).ifPresent(why -> terminal.say("clean up", "%s", why));
        }
    }

    /** Kills the run's processes, stops the broker and removes the directory, unless it is to be kept. */
    @Override
    public void close() {
        cleanUp();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException alreadyExiting) {
            // The hook runs; it finds nothing left to do.
        }
    }

    private synchronized void cleanUp() {
        processes.forEach(Workspace::kill);
        processes.clear();
        broker.ifPresent(KafkaBroker::close);
        if (!keep) {
            delete(directory);
        }
    }

    private static void kill(ProcessHandle process) {
        process.destroyForcibly();
        try {
            process.onExit().get(KILL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException survived) {
            System.err.println("Process " + process.pid() + " survived SIGKILL for " + KILL_SECONDS + " s");
        }
    }

    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException left) {
            System.err.println("Could not remove " + directory + ": " + left.getMessage());
        }
    }
}
