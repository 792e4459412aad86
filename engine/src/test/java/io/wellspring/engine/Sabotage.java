package io.wellspring.engine;

import io.wellspring.api.port.StateStores;
import io.wellspring.journal.KafkaClients;
import io.wellspring.state.Entry;
import io.wellspring.state.StateTable;

/** A mistake that an engine could make, put between it and its clients, its disk or its readers. */
interface Sabotage {
    /** No mistake. */
    Sabotage NONE = new Sabotage() {};

    /** What the engine is given for the clients. */
    default KafkaClients clients(KafkaClients real) {
        return real;
    }

    /** What the engine is given for its disk. */
    default StateStores stores(StateStores real) {
        return real;
    }

    /** What a query answers. */
    default Entry<Object> query(StateTable<Object, Object> table, String key) {
        return table.committed(key);
    }
}
