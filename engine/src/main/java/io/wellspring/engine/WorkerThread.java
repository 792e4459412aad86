package io.wellspring.engine;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that loops over a worker's duty cycle in production. */
final class WorkerThread {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerThread.class);

    private final WorkerSetup setup;
    private final StatusBoard board;
    private final Thread thread;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Worker worker;
    private volatile boolean leave;

    WorkerThread(WorkerSetup setup, StatusBoard board) {
        this.setup = setup;
        this.board = board;
        this.thread = new Thread(this::run, "wellspring-" + setup.topology().pipeline() + "-worker-" + setup.number());
    }

    void start() {
        thread.start();
    }

    void stop(boolean leaveGroup) {
        leave = leaveGroup;
        stopping.set(true);
        if (thread.getState() == Thread.State.NEW) {
            ended.countDown();
        }
    }

    /** Whether it is this thread that asks. */
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    void awaitEnd() {
        boolean interrupted = false;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Hands a question to the worker, or says that there is none to answer it. */
    boolean ask(Consumer<Worker> question) {
        Worker current = worker;
        if (current == null || stopping.get()) {
            return false;
        }
        current.ask(() -> question.accept(current));
        return true;
    }

    private void run() {
        try {
            Worker own = new Worker(setup, board);
            worker = own;
            try {
                while (!stopping.get()) {
                    own.doWork();
                }
            } catch (RuntimeException | Error failure) {
                // Also behind an Error, such as a stack overflow in a stage: half a record may be in the tables, so
                // nothing is committed.
                own.abandon();
                leave = true; // others shall take its tasks now, not when the session ends
                failed(failure);
            } finally {
                own.close(leave);
            }
        } catch (RuntimeException | Error failure) {
            failed(failure);
        } finally {
            ended.countDown();
        }
    }

    private void failed(Throwable failure) {
        LOG.error(
                "worker {} of pipeline {} ended: {}",
                setup.number(),
                setup.topology().pipeline(),
                failure,
                failure);
        board.failed(
                failure instanceof RuntimeException known
                        ? known
                        : new IllegalStateException("Worker " + setup.id() + " ended: " + failure, failure));
    }
}
