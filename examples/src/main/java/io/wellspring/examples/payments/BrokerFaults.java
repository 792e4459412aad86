package io.wellspring.examples.payments;

import io.wellspring.examples.run.RunException;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Ends the broker and brings it back, on a thread of its own, since both take seconds. Otherwise used by one thread. */
final class BrokerFaults implements AutoCloseable {
    private static final int START_TRIES = 3;

    private final KafkaBroker broker;
    private final Runnable askGroup;
    private final FaultLog log;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "broker-faults");
        thread.setDaemon(true);
        return thread;
    });
    private Future<?> underWay;

    /**
     * Prepares faults.
     *
     * @param askGroup asks the broker about the engines' group; throws a {@link RunException} where it does not answer
     */
    BrokerFaults(KafkaBroker broker, Runnable askGroup, FaultLog log) {
        this.broker = broker;
        this.askGroup = askGroup;
        this.log = log;
    }

    /** Whether a fault is being made, or the broker is on its way back. */
    boolean busy() {
        if (underWay == null || !underWay.isDone()) {
            return underWay != null;
        }
        Future<?> done = underWay;
        underWay = null;
        try {
            done.get();
            return false;
        } catch (ExecutionException failure) {
            throw new RunException(
                    "The broker did not come back: " + failure.getCause().getMessage(), failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RunException("Interrupted while the broker was coming back", interrupted);
        }
    }

    void make(Fault fault) {
        if (busy()) {
            log.passedOver(fault, "it is still away");
            return;
        }
        log.made(fault);
        underWay = executor.submit(() -> {
            if (fault.kind() == Fault.Kind.BROKER_KILL) {
                broker.kill();
            } else {
                broker.stop();
            }
            log.say("broker: is down");
            TimeUnit.MILLISECONDS.sleep(fault.awayMillis());
            restart();
            log.say("broker: takes requests again");
            return null;
        });
    }

    /**
     * Restarts the broker where it is there and does not answer for the engines' group. A broker that has just come back may fail to load what it
     * knows of a group ("Failed to load metadata from __consumer_offsets", seen with 4.4 on a busy machine); it does not try again, and where
     * no other broker can lead that partition, only a restart helps.
     */
    void mend() {
        if (busy()) {
            return;
        }
        try {
            askGroup.run();
        } catch (RunException unanswered) {
            log.mended(unanswered.getMessage());
            make(new Fault(0, Fault.Kind.BROKER_STOP, Fault.BROKER, 0));
        }
    }

    private void restart() {
        for (int left = START_TRIES - 1; ; left--) {
            try {
                broker.restart();
                return;
            } catch (IllegalStateException failed) {
                log.say("broker: does not start: %s", failed.getMessage());
                if (left == 0) {
                    throw failed;
                }
            }
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
