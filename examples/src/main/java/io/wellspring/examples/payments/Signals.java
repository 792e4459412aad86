package io.wellspring.examples.payments;

import io.wellspring.examples.run.RunException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * SIGSTOP and SIGCONT, sent by a shell. The shell sends the second one too: also if this program is killed meanwhile, no process stays stopped for
 * ever, and one that goes on finds that its parent is gone and ends.
 */
final class Signals {
    private static final int SECONDS = 5;

    private Signals() {}

    /** Whether this system has such a shell and such signals. */
    static boolean available() {
        try {
            Process probe = shell("kill -0 " + ProcessHandle.current().pid());
            return probe.waitFor(SECONDS, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException none) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Stops a process for a while. Returns at once, with the shell that will continue it. */
    static ProcessHandle stall(long pid, Duration lasting) {
        try {
            return shell(String.format(
                            Locale.ROOT,
                            "kill -STOP %d && { sleep %.3f; kill -CONT %d; }",
                            pid,
                            lasting.toMillis() / 1e3,
                            pid))
                    .toHandle();
        } catch (IOException failure) {
            throw new RunException("Cannot stop process " + pid + " by a signal: " + failure.getMessage(), failure);
        }
    }

    private static Process shell(String command) throws IOException {
        return new ProcessBuilder(List.of("sh", "-c", command))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
