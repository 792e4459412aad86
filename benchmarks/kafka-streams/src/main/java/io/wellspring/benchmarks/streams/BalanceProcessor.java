package io.wellspring.benchmarks.streams;

import io.wellspring.benchmarks.contestant.Entry;
import io.wellspring.benchmarks.contestant.Receipt;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;

/** Books each entry on its account and forwards the receipt. */
final class BalanceProcessor implements FixedKeyProcessor<byte[], byte[], byte[]> {
    static final String BALANCES = "balances";

    private FixedKeyProcessorContext<byte[], byte[]> context;
    private KeyValueStore<byte[], Long> balances;

    @Override
    public void init(FixedKeyProcessorContext<byte[], byte[]> processorContext) {
        context = processorContext;
        balances = processorContext.getStateStore(BALANCES);
    }

    @Override
    public void process(FixedKeyRecord<byte[], byte[]> input) {
        Long before = balances.get(input.key());
        long balance = (before == null ? 0 : before) + Entry.cents(input.value());
        balances.put(input.key(), balance);
        context.forward(input.withValue(Receipt.of(Entry.number(input.value()), balance)));
    }
}
