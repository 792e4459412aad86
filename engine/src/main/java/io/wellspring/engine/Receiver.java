package io.wellspring.engine;

import java.util.List;

/** A step of the fused chain that a record walks through: a direct call, with no queue between steps. */
interface Receiver {
    Receiver NOWHERE = (key, value) -> {};

    void accept(Object key, Object value);

    /** All of these in order; nothing is looped over where there is one. */
    static Receiver all(List<Receiver> receivers) {
        if (receivers.isEmpty()) {
            return NOWHERE;
        }
        if (receivers.size() == 1) {
            return receivers.get(0);
        }
        Receiver[] each = receivers.toArray(Receiver[]::new);
        return (key, value) -> {
            for (Receiver receiver : each) {
                receiver.accept(key, value);
            }
        };
    }
}
