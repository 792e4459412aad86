package io.wellspring.benchmarks.contestant;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.function.Function;

/**
 * The life of a JVM that runs one cell of the pattern matrix, by one thread: count matches on a stream where they are frequent, for the harness to
 * compare; then, with a new engine, fill the window and warm up, measure, and weigh what is live. Told on standard output, {@code name=value} a line.
 *
 * <p>All times are CPU times of that thread: what else runs on the machine takes nothing from them, and collections by other threads are not counted.
 */
public final class PatternRun {
    private static final String SECONDS = "wellspring.pattern.seconds";
    private static final String LIMIT = "wellspring.pattern.limit";
    private static final long NANOS = 1_000_000_000L;
    private static final long CHECK_NANOS = NANOS;
    /** For who has not come to a match by then. */
    private static final long LONGEST_CHECK_NANOS = 10 * NANOS;

    private static final int CHECK_EVENTS = 200_000;
    private static final int CHECK_MATCHES = 100_000;
    private static final int LARGEST_CHUNK = 8_192;
    private static final long CHUNK_NANOS = 1_000_000L;
    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final double seconds = Double.parseDouble(System.getProperty(SECONDS, "1"));
    private final double limitSeconds = Double.parseDouble(System.getProperty(LIMIT, "20"));

    private PatternRun() {}

    /**
     * The flags that a JVM takes for times.
     *
     * @param seconds how long it warms up, and measures
     * @param limitSeconds how long it may take to fill the window
     * @return flags of the JVM
     */
    public static String[] flags(double seconds, double limitSeconds) {
        return new String[] {"-D" + SECONDS + "=" + seconds, "-D" + LIMIT + "=" + limitSeconds};
    }

    /**
     * Runs a cell and ends this JVM; the whole body of a contestant's main method.
     *
     * @param arguments those of the main method, written by {@link PatternTask#toArguments}
     * @param engines makes an engine without events
     */
    public static void run(String[] arguments, Function<PatternTask, PatternEngine<?>> engines) {
        try {
            PatternTask task = PatternTask.parse(arguments);
            check(task.checked(), engines.apply(task.checked()));
            new PatternRun().measure(task, engines.apply(task));
            System.exit(0);
        } catch (Exception failure) {
            Contestant.fail(failure);
        }
    }

    /** As far as the engine comes: the harness counts the matches of just as many events. */
    private static <E> void check(PatternTask task, PatternEngine<E> engine) throws Exception {
        var stream = new PatternStream<>(task, engine);
        long beganNanos = cpuNanos();
        long tookNanos = 0;
        while (stream.count() < CHECK_EVENTS
                && engine.matches() < CHECK_MATCHES
                && tookNanos < (engine.matches() > 0 ? CHECK_NANOS : LONGEST_CHECK_NANOS)) {
            stream.feed(1);
            tookNanos = cpuNanos() - beganNanos;
        }
        tell("checked", (double) stream.count());
        tell("matches", (double) engine.matches());
    }

    private <E> void measure(PatternTask task, PatternEngine<E> engine) throws Exception {
        var stream = new PatternStream<>(task, engine);
        long liveBefore = usedBytes();
        long beganNanos = cpuNanos();
        long limitNanos = beganNanos + (long) (limitSeconds * NANOS);
        feed(stream, task.windowEvents(), beganNanos + (long) (seconds * NANOS), limitNanos);
        if (stream.count() < task.windowEvents()) {
            tell("filled", (double) stream.count());
            return;
        }
        long before = stream.count();
        long bytesBefore = THREAD.getCurrentThreadAllocatedBytes();
        long fromWallNanos = System.nanoTime();
        long fromNanos = cpuNanos();
        feed(stream, before + 1, fromNanos + (long) (seconds * NANOS), Long.MAX_VALUE);
        double took = (cpuNanos() - fromNanos) / (double) NANOS;
        double tookWall = (System.nanoTime() - fromWallNanos) / (double) NANOS;
        long bytes = THREAD.getCurrentThreadAllocatedBytes() - bytesBefore;
        long events = stream.count() - before;
        tell("rate", events / took);
        tell("wall", events / tookWall);
        tell("bytes", bytes / (double) events);
        tell("live", (double) (usedBytes() - liveBefore));
        tell("found", (double) engine.matches()); // also keeps the engine reachable until it is weighed
    }

    /** At least until a count and a time are reached, at most until a limit. */
    private static void feed(PatternStream<?> stream, long count, long untilNanos, long limitNanos) throws Exception {
        int chunk = 1;
        long nowNanos = cpuNanos();
        while ((stream.count() < count || nowNanos < untilNanos) && nowNanos < limitNanos) {
            stream.feed(chunk);
            long thenNanos = cpuNanos();
            if (thenNanos - nowNanos < CHUNK_NANOS) {
                chunk = Math.min(2 * chunk, LARGEST_CHUNK);
            } else if (thenNanos - nowNanos > 2 * CHUNK_NANOS) {
                chunk = Math.max(1, chunk / 2);
            }
            nowNanos = thenNanos;
        }
    }

    private static long cpuNanos() {
        return THREAD.getCurrentThreadCpuTime();
    }

    private static long usedBytes() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void tell(String name, double value) {
        System.out.printf(Locale.ROOT, "%s=%.3f%n", name, value);
    }
}
