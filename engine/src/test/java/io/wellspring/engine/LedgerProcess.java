package io.wellspring.engine;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The ledger in a JVM of its own, to be killed. It ends by itself when its parent does. */
final class LedgerProcess implements AutoCloseable {
    private final Process process;

    private LedgerProcess(Process process) {
        this.process = process;
    }

    static LedgerProcess start(Lab lab, Duration snapshotInterval, long nanosPerRecord) throws IOException {
        return start(lab, GroupProtocol.CLASSIC, snapshotInterval, nanosPerRecord);
    }

    static LedgerProcess start(Lab lab, GroupProtocol protocol, Duration snapshotInterval, long nanosPerRecord)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LedgerProcess.class.getName(),
                Lab.kafka().bootstrapServers(),
                lab.directory.toString(),
                lab.name,
                Long.toString(snapshotInterval.toMillis()),
                Long.toString(nanosPerRecord),
                protocol.name()));
        return new LedgerProcess(new ProcessBuilder(command)
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
    public static void main(String[] args) throws IOException {
        String name = args[2];
        long nanosPerRecord = Long.parseLong(args[4]);
        Topic<String, Long> commands = Topic.of(name + "-commands", Codecs.utf8(), Codecs.int64());
        Topic<String, Long> orders = Topic.of(name + "-orders", Codecs.utf8(), Codecs.int64());
        Topic<String, String> notices = Topic.of(name + "-notices", Codecs.utf8(), Codecs.utf8());
        Pipeline pipeline = Pipeline.named(name, p -> {
            var accounts = p.from(commands)
                    .merge(p.from(orders))
                    .peek(cents -> LockSupport.parkNanos(nanosPerRecord))
                    .stage(Accounts.STAGE);
            accounts.out(Accounts.NOTICES).to(notices);
        });
        EngineConfig config = Lab.config(args[0], Path.of(args[1]), GroupProtocol.valueOf(args[5]))
                .commitInterval(Duration.ofMillis(30))
                .snapshotInterval(Duration.ofMillis(Long.parseLong(args[3])));
        Engine engine = Engine.start(pipeline, config);
        int end = System.in.read();
        Runtime.getRuntime().halt(engine.failure().isPresent() ? 3 : end & 1);
    }
}
