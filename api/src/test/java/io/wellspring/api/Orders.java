package io.wellspring.api;

import io.wellspring.api.codec.Codecs;

/** Topics and stages for graphs that are only described, never run. */
final class Orders {
    static final Topic<String, Long> ORDERS = topic("orders");
    static final Topic<String, Long> REFUNDS = topic("refunds");
    static final Topic<String, Long> TOTALS = topic("totals");
    static final View<String, Long> BALANCES = View.sameTask("balances", String.class, Long.class);
    static final Out<Long> NOTICES = Out.named("notices", Long.class);

    private Orders() {}

    static Topic<String, Long> topic(String name) {
        return Topic.of(name, Codecs.utf8(), Codecs.int64());
    }

    static Stage<String, Long, Long, Long> stage(String name) {
        return Stage.of(name, new Sum(), Codecs.int64(), Codecs.int64());
    }

    /** Adds up. */
    static final class Sum implements EventSourced<String, Long, Long, Long> {
        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long sum, Long amount, Context<String> context) {
            return persist(amount);
        }

        @Override
        public Long evolve(Long sum, Long amount) {
            return sum + amount;
        }
    }
}
