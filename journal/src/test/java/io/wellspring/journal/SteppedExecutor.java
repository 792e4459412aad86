package io.wellspring.journal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/** Runs what it was given when the test says so. */
final class SteppedExecutor implements Executor {
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    @Override
    public void execute(Runnable call) {
        waiting.add(call);
    }

    void step() {
        waiting.remove().run();
    }

    int waiting() {
        return waiting.size();
    }
}
