package io.wellspring.benchmarks;

import java.time.Duration;

/** The process that is being measured, as the checker sees it. */
interface Client {
    /** User and system time since birth; the last known once it has ended. */
    Duration cpu();

    boolean isAlive();
}
