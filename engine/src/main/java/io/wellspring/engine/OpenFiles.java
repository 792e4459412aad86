package io.wellspring.engine;

import com.sun.management.UnixOperatingSystemMXBean;
import io.wellspring.state.StateOptions;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at a start whether the process may open as many files as its databases could need: where it may not, they fail later, with what they have in hand. */
final class OpenFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);

    /** Of one database: its log, manifest, lock and the like. */
    private static final int BESIDES_TABLES = 6;

    /** Connections to brokers, and what the JVM opens later. */
    private static final int OTHER_FILES = 100;

    private OpenFiles() {}

    static void warnIfTooFew(long tasks, StateOptions options) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            warning(tasks, options, system.getMaxFileDescriptorCount(), system.getOpenFileDescriptorCount())
                    .ifPresent(LOG::warn);
        }
    }

    static Optional<String> warning(long tasks, StateOptions options, long limit, long open) {
        int each = options.openFilesPerTask() + BESIDES_TABLES;
        long needed = open + OTHER_FILES + tasks * each;
        return needed <= limit
                ? Optional.empty()
                : Optional.of("This process may open " + limit + " files, and could need " + needed + ": all " + tasks
                        + " tasks with " + each + " each, if they come to this engine and are large, besides " + open
                        + " that are open. Raise the limit (ulimit -n, or LimitNOFILE of its service), or lower"
                        + " EngineConfig.openFilesPerTask");
    }
}
