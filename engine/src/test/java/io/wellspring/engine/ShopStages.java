package io.wellspring.engine;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Stage;
import io.wellspring.api.View;
import io.wellspring.api.codec.Codecs;
import java.time.Duration;

/** The stages of {@link SimulatedShop} beside the accounts, each with outputs from which a loss or a repetition can be told. */
final class ShopStages {
    static final View<String, Accounts.Balance> BALANCES =
            View.sameTask("balances", String.class, Accounts.Balance.class);
    static final Out<String> SEEN = Out.named("seen", String.class);
    static final Out<String> RANG = Out.named("rang", String.class);
    static final Out<String> SUMS = Out.named("sums", String.class);

    static final Stage<String, Long, Long, Long> WATCH =
            Stage.of("watch", new Watch(), Codecs.int64(), Codecs.int64()).reading(BALANCES);
    static final Stage<String, Long, Long, Long> ALARMS =
            Stage.of("alarms", new Alarms(), Codecs.int64(), Codecs.int64());
    static final Stage<String, Long, Long, Long> TOTALS =
            Stage.of("totals", new Totals(), Codecs.int64(), Codecs.int64());

    private ShopStages() {}

    /** Remembers, for each order, how many changes of its account the view shows. */
    private static final class Watch implements EventSourced<String, Long, Long, Long> {
        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long orders, Long cents, Context<String> context) {
            long changes = context.view(BALANCES, context.key())
                    .map(Accounts.Balance::changes)
                    .orElse(0);
            return persist(changes).emit(SEEN, after -> after + ":" + changes);
        }

        @Override
        public Long evolve(Long orders, Long changes) {
            return orders + 1;
        }
    }

    /** Sets a timer for each command, under a name of its own; the events are the numbers of timers set, and those of timers that fired below 0. */
    private static final class Alarms implements EventSourced<String, Long, Long, Long> {
        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long set, Long cents, Context<String> context) {
            long number = set + 1;
            return persist(number)
                    .timerAtProcessingTime(
                            Long.toString(number), context.processingTime().plus(Duration.ofMillis(10 + cents)));
        }

        @Override
        public Effect<Long, Long> onTimer(Long set, String timer, Context<String> context) {
            return persist(-Long.parseLong(timer)).emit(RANG, after -> timer);
        }

        @Override
        public Long evolve(Long set, Long event) {
            return event > 0 ? set + 1 : set;
        }
    }

    /** Adds up under other keys. */
    private static final class Totals implements EventSourced<String, Long, Long, Long> {
        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long sum, Long cents, Context<String> context) {
            return persist(cents).emit(SUMS, after -> Long.toString(after));
        }

        @Override
        public Long evolve(Long sum, Long cents) {
            return sum + cents;
        }
    }
}
