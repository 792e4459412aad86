package io.wellspring.journal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** An address where nobody listens. */
final class UnusedAddress {
    private UnusedAddress() {}

    static String find() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }
}
