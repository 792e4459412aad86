package io.wellspring.engine;

import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;

/**
 * The accounts that park their keys, in a JVM of its own, to be killed. Mended it takes the poison, and releases whatever is parked. It ends by
 * itself when its parent does.
 */
final class ParkingProcess implements AutoCloseable {
    private static final long NANOS_PER_RECORD = 200_000;

    private final Process process;

    private ParkingProcess(Process process) {
        this.process = process;
    }

    static ParkingProcess start(Lab lab, boolean mended) throws IOException {
        return new ParkingProcess(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ParkingProcess.class.getName(),
                        Lab.kafka().bootstrapServers(),
                        lab.directory.toString(),
                        lab.name,
                        Boolean.toString(mended))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        lab.directory.resolve("child.log").toFile()))
                .start());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Runs until killed, or until the parent's end of the pipe is gone. */
    public static void main(String[] args) throws IOException, InterruptedException {
        String name = args[2];
        var behaviour = new ParkingIT.Mendable();
        behaviour.mended = Boolean.parseBoolean(args[3]);
        behaviour.nanosPerRecord = NANOS_PER_RECORD;
        Topic<String, Long> commands = Topic.of(name + "-commands", Codecs.utf8(), Codecs.int64());
        Topic<String, String> notices = Topic.of(name + "-notices", Codecs.utf8(), Codecs.utf8());
        var stage = ParkingIT.stage(name, behaviour);
        Engine engine = Engine.start(
                ParkingIT.pipeline(name, commands, notices, stage),
                Lab.config(args[0], Path.of(args[1]))
                        .commitInterval(Duration.ofMillis(30))
                        .snapshotInterval(Duration.ofMillis(150)));
        engine.awaitRunning(Lab.WAIT);
        while (System.in.available() == 0 && engine.failure().isEmpty()) {
            List<ParkedKey<String>> parked =
                    behaviour.mended ? engine.parked(stage).list().join() : List.of();
            for (ParkedKey<String> key : parked) {
                try {
                    engine.parked(stage).release(key.key()).join();
                } catch (CompletionException later) {
                    // The task left meanwhile; the next round asks again.
                }
            }
            LockSupport.parkNanos(10_000_000);
        }
        Runtime.getRuntime().halt(3);
    }
}
