package io.wellspring.benchmarks.contestant;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The life of a contestant's JVM: start, say {@value #READY}, work until standard input ends, close, exit.
 *
 * <p>Standard input is the leash: the harness closes it to end the contestant, and it also ends when the harness is
 * killed, so no contestant outlives its harness.
 */
public final class Contestant {
    /** The line on standard output that says: members have joined, records may flow. */
    public static final String READY = "READY";

    /** How long closing may take before the JVM is ended anyway. */
    private static final int CLOSE_SECONDS = 20;

    /** What a line on standard error begins with that says how many events or changes a start has restored. */
    public static final String RESTORED = "restored";

    private static final int FAILED = 3;

    private Contestant() {}

    /** Starts the work of a contestant. */
    @FunctionalInterface
    public interface Start {
        /**
         * Starts to consume, and returns while it works in threads of its own.
         *
         * @param settings what to do, and where
         * @return the running work
         * @throws Exception when it cannot start; the JVM then ends with a status other than 0
         */
        Running start(ContestantSettings settings) throws Exception;
    }

    /** Work that runs until it is closed. */
    @FunctionalInterface
    public interface Running extends AutoCloseable {
        /** Commits or aborts what is open and leaves. */
        @Override
        void close();
    }

    /**
     * Runs a contestant and ends this JVM; the whole body of a contestant's main method.
     *
     * @param arguments those of the main method, written by {@link ContestantSettings#toArguments}
     * @param start starts the work
     */
    public static void run(String[] arguments, Start start) {
        try {
            Running running = start.start(ContestantSettings.parse(arguments));
            System.out.println(READY);
            awaitEndOfInput();
            CompletableFuture.delayedExecutor(CLOSE_SECONDS, TimeUnit.SECONDS)
                    .execute(() -> fail(new IllegalStateException("close took more than " + CLOSE_SECONDS + " s")));
            running.close();
            System.exit(0);
        } catch (Exception failure) {
            fail(failure);
        }
    }

    /**
     * Says what a start has restored from its journal or changelog, for the harness.
     *
     * @param records how many events or changes
     */
    public static void sayRestored(long records) {
        System.err.println(RESTORED + "=" + records);
    }

    /**
     * Ends this JVM at once with a stack trace; for threads whose failure nobody else sees.
     *
     * @param failure why
     */
    public static void fail(Throwable failure) {
        failure.printStackTrace();
        System.err.flush();
        Runtime.getRuntime().halt(FAILED);
    }

    private static void awaitEndOfInput() throws IOException {
        byte[] ignored = new byte[64];
        while (System.in.read(ignored) >= 0) {
            // Nothing is said on the leash; only its end counts.
        }
    }
}
