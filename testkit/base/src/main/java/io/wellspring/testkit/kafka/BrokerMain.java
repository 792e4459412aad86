package io.wellspring.testkit.kafka;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * The broker's own JVM, as {@link OwnJvmNode} starts it.
 *
 * <p>The two talk over the pipes that a parent has with its child:
 *
 * <pre>
 * child  -> parent   stdout   one line READY once requests are taken
 * parent -> child    stdin    one line STOP: stop in order, then exit 0
 *                             end of the stream: the parent is gone, however it ended; stop, remove a temporary home, exit
 * </pre>
 *
 * The operating system closes a dead process's pipes, so the second holds when the parent was killed with SIGKILL. It is
 * watched from the first moment, and whatever the broker is doing then, {@link #GRACE_MILLIS} later the process halts.
 */
final class BrokerMain {
    static final String READY = "wellspring-broker-ready";
    static final String STOP = "stop";
    private static final long GRACE_MILLIS = 15_000;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread main = Thread.currentThread();
    private volatile boolean orphaned;

    private BrokerMain() {}

    /** Arguments: the home's directory, whether it is temporary. */
    public static void main(String[] args) {
        PrintStream protocol = System.out;
        // Logging bindings that print to standard output must not write into the protocol.
        System.setOut(System.err);
        try {
            new BrokerMain().run(Path.of(args[0]), Boolean.parseBoolean(args[1]), protocol);
            System.exit(0);
        } catch (Exception | Error e) {
            e.printStackTrace(System.err);
            System.exit(1);
        }
    }

    private void run(Path directory, boolean temporary, PrintStream protocol) throws InterruptedException {
        Thread watch = new Thread(this::watchParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();

        BrokerHome home = BrokerHome.reopen(directory, temporary);
        InProcessNode node = InProcessNode.start(home, home.readServerProperties());
        protocol.println(READY);
        protocol.flush();
        ended.await();
        node.stop();
        if (orphaned) {
            home.discard();
        }
    }

    private void watchParent() {
        orphaned = !STOP.equals(readOrder());
        ended.countDown();
        try {
            main.join(GRACE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(3);
    }

    private static String readOrder() {
        try {
            return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        } catch (IOException e) {
            return null;
        }
    }
}
