package io.wellspring.benchmarks;

/** A question with a course and a report of its own; {@link Rounds} answers those that are about throughput. */
interface Study {
    /** What the command line and the report's file call it. */
    String title();

    /** Whether topic {@code in} holds the whole input before it begins; otherwise it writes what it wants itself. */
    boolean wantsInput();

    /** Runs everyone in turn; a run that fails is told in the report. */
    StudyReport run(Bench bench);
}
