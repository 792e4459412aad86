package io.wellspring.examples.payments;

import io.wellspring.api.Topic;
import io.wellspring.examples.payments.Input.LoggedIn;
import io.wellspring.examples.payments.Input.Ordered;
import io.wellspring.examples.run.Cluster;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The inputs as they lie in the topics, to be found by their place; and whether the load put each there once, in order. */
final class TortureInputs {
    private final Map<String, List<Input>> byPlace = new HashMap<>();
    private final List<Input> all = new ArrayList<>();
    private final BitSet seen = new BitSet();
    private final long sent;
    private long duplicate;
    private long wrong;

    /**
     * Begins with none.
     *
     * @param sent how many were sent; their ids are 1 to this
     */
    TortureInputs(long sent) {
        this.sent = sent;
    }

    /** Reads them. */
    static TortureInputs read(Cluster cluster, PaymentsTopics topics, long sent) {
        var inputs = new TortureInputs(sent);
        Topic<String, Command> commands = topics.commands();
        cluster.read(
                commands.name(),
                entry -> inputs.add(
                        entry,
                        new Ordered(
                                entry.timestamp(),
                                commands.keys().decode(entry.key()),
                                commands.values().decode(entry.value()))));
        Topic<String, Login> logins = topics.logins();
        cluster.read(
                logins.name(),
                entry -> inputs.add(
                        entry,
                        new LoggedIn(
                                entry.timestamp(),
                                logins.keys().decode(entry.key()),
                                logins.values().decode(entry.value()))));
        return inputs;
    }

    static long id(Input input) {
        return input instanceof Ordered ordered
                ? ordered.command().id()
                : ((LoggedIn) input).login().id();
    }

    /** All of them, those of a topic and partition in order. */
    List<Input> all() {
        return all;
    }

    /** The input at a place, or null where there is none. */
    Input at(String topic, int partition, long offset) {
        List<Input> partitionInputs = byPlace.getOrDefault(topic + "-" + partition, List.of());
        return offset >= 0 && offset < partitionInputs.size() ? partitionInputs.get((int) offset) : null;
    }

    /** The inputs of one account on one topic, in order, for each account. */
    <T extends Input> Map<String, List<T>> byAccount(Class<T> type) {
        Map<String, List<T>> accounts = new HashMap<>();
        for (Input input : all) {
            if (type.isInstance(input)) {
                accounts.computeIfAbsent(input.account(), account -> new ArrayList<>())
                        .add(type.cast(input));
            }
        }
        return accounts;
    }

    Tally tally() {
        return new Tally("inputs", sent, all.size(), sent - seen.cardinality(), duplicate, wrong);
    }

    private void add(ConsumerRecord<?, ?> entry, Input input) {
        add(entry.topic(), entry.partition(), entry.offset(), input);
    }

    /** Takes an input, those of a partition in order. */
    void add(String topic, int partition, long offset, Input input) {
        List<Input> before = byPlace.computeIfAbsent(topic + "-" + partition, place -> new ArrayList<>());
        long id = id(input);
        if (id < 1 || id > sent || offset != before.size()) {
            wrong++;
        } else if (seen.get((int) id)) {
            duplicate++;
        } else if (!before.isEmpty() && id(before.get(before.size() - 1)) > id) {
            wrong++;
        }
        seen.set((int) id);
        before.add(input);
        all.add(input);
    }
}
