package io.wellspring.examples.payments;

import io.wellspring.api.Topic;
import io.wellspring.examples.payments.Expected.Keyed;
import io.wellspring.examples.payments.Input.LoggedIn;
import io.wellspring.examples.payments.Input.Ordered;
import io.wellspring.examples.run.Cluster;
import io.wellspring.examples.run.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads inputs and outputs back from Kafka and holds the outputs against what must have come out. */
final class Audit {
    private final Cluster cluster;
    private final PaymentsTopics topics;

    Audit(Cluster cluster, PaymentsTopics topics) {
        this.cluster = cluster;
        this.topics = topics;
    }

    /**
     * Compares everything.
     *
     * @param balances what the pipeline itself answers when asked for the balance of each account
     */
    List<Tally> run(Map<String, Long> balances) {
        Expected expected = Expected.of(inputs());
        var found = new Tally.Count<>("balances", expected.balances());
        balances.forEach(found::found);
        return List.of(
                compare("notices", topics.notices(), Notice::id, expected.notices()),
                compare("limits", topics.limits(), LimitDecision::id, expected.limits()),
                compare("alerts", topics.alerts(), Alert::id, expected.alerts()),
                found.tally());
    }

    static boolean print(List<Tally> tallies, Terminal terminal) {
        terminal.say("", "%10s %10s %10s %10s %10s", "expected", "found", "missing", "duplicate", "wrong");
        for (Tally tally : tallies) {
            terminal.say(
                    tally.what(),
                    "%,10d %,10d %,10d %,10d %,10d",
                    tally.expected(),
                    tally.found(),
                    tally.missing(),
                    tally.duplicate(),
                    tally.wrong());
        }
        return tallies.stream().allMatch(Tally::exact);
    }

    private List<Input> inputs() {
        List<Input> inputs = new ArrayList<>();
        Topic<String, Command> commands = topics.commands();
        cluster.read(
                commands.name(),
                entry -> inputs.add(new Ordered(
                        entry.timestamp(),
                        key(commands, entry),
                        commands.values().decode(entry.value()))));
        Topic<String, Login> logins = topics.logins();
        cluster.read(
                logins.name(),
                entry -> inputs.add(new LoggedIn(
                        entry.timestamp(), key(logins, entry), logins.values().decode(entry.value()))));
        return inputs;
    }

    private <V> Tally compare(
            String what, Topic<String, V> topic, ToLongFunction<V> cause, Map<Long, Keyed<V>> expected) {
        var count = new Tally.Count<>(what, expected);
        cluster.read(topic.name(), entry -> {
            V value = topic.values().decode(entry.value());
            count.found(cause.applyAsLong(value), new Keyed<>(key(topic, entry), value));
        });
        return count.tally();
    }

    private static String key(Topic<String, ?> topic, ConsumerRecord<byte[], byte[]> entry) {
        return topic.keys().decode(entry.key());
    }
}
