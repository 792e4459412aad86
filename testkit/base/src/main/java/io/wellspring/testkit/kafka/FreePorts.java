package io.wellspring.testkit.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports for brokers that stop and come back.
 *
 * <p>They are not taken from the range the operating system hands out to outgoing connections (Linux: from 32768, others:
 * from 49152). There, while a broker is down, any client could be given its port as source port, and a client that keeps
 * knocking at that very port can even connect to itself; either way the broker could not come back.
 */
final class FreePorts {
    private static final int LOWEST = 15_000;
    private static final int ABOVE_HIGHEST = 32_000;
    private static final int TRIES = 1_000;

    private FreePorts() {}

    static int[] find(int count) {
        int[] found = new int[count];
        int size = 0;
        for (int tried = 0; tried < TRIES; tried++) {
            int candidate = ThreadLocalRandom.current().nextInt(LOWEST, ABOVE_HIGHEST);
            if (!contains(found, candidate) && isFree(candidate)) {
                found[size++] = candidate;
                if (size == count) {
                    return found;
                }
            }
        }
        throw new IllegalStateException("no " + count + " free ports on loopback between " + LOWEST + " and "
                + ABOVE_HIGHEST + " in " + TRIES + " tries; is networking allowed here?");
    }

    private static boolean contains(int[] ports, int candidate) {
        for (int port : ports) {
            if (port == candidate) {
                return true;
            }
        }
        return false;
    }

    static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            // As Kafka does: connections of an earlier run that linger in TIME_WAIT are not in the way.
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
