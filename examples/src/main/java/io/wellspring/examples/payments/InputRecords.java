package io.wellspring.examples.payments;

import io.wellspring.api.Topic;
import io.wellspring.examples.payments.Input.LoggedIn;
import io.wellspring.examples.payments.Input.Ordered;
import java.util.Iterator;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Inputs as the records of their topics; the event time is the record's timestamp. */
final class InputRecords implements Iterator<ProducerRecord<byte[], byte[]>> {
    private final Iterator<? extends Input> inputs;
    private final Topic<String, Command> commands;
    private final Topic<String, Login> logins;

    InputRecords(Iterator<? extends Input> inputs, PaymentsTopics topics) {
        this.inputs = inputs;
        this.commands = topics.commands();
        this.logins = topics.logins();
    }

    @Override
    public boolean hasNext() {
        return inputs.hasNext();
    }

    @Override
    public ProducerRecord<byte[], byte[]> next() {
        Input input = inputs.next();
        if (input instanceof Ordered ordered) {
            return record(commands, input, ordered.command());
        }
        return record(logins, input, ((LoggedIn) input).login());
    }

    private static <V> ProducerRecord<byte[], byte[]> record(Topic<String, V> topic, Input input, V value) {
        // No partition: the client's hash of the key puts an account into the same partition of both topics.
        return new ProducerRecord<>(
                topic.name(),
                null,
                input.timeMillis(),
                topic.keys().encode(input.account()),
                topic.values().encode(value));
    }
}
