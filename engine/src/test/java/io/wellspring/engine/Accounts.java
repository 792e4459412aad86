package io.wellspring.engine;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.codec.Tag;

/** A small ledger for the tests: adds cents, refuses overdrafts, and tells each change through a port. */
final class Accounts implements EventSourced<String, Long, Accounts.Event, Accounts.Balance> {
    static final Out<String> NOTICES = Out.named("notices", String.class);
    static final Stage<String, Long, Event, Balance> STAGE =
            Stage.of("accounts", new Accounts(), Codecs.records(Event.class), Codecs.records(Balance.class));
    static final Topic<String, Long> COMMANDS = Topic.of("commands", Codecs.utf8(), Codecs.int64());
    static final Topic<String, String> NOTICES_TOPIC = Topic.of("notices", Codecs.utf8(), Codecs.utf8());

    /** A command that the handler throws at. */
    static final long POISON = 666_666;

    sealed interface Event {
        @Tag(1)
        record Added(@Tag(1) long cents) implements Event {}

        @Tag(2)
        record Refused(@Tag(1) long cents) implements Event {}
    }

    record Balance(@Tag(1) long cents, @Tag(2) int changes) {}

    @Override
    public Balance initial(String key) {
        return new Balance(0, 0);
    }

    @Override
    public Effect<Event, Balance> decide(Balance balance, Long cents, Context<String> context) {
        if (cents == POISON) {
            throw new IllegalArgumentException("poison");
        }
        Event event = balance.cents() + cents < 0 ? new Event.Refused(cents) : new Event.Added(cents);
        return persist(event).emit(NOTICES, after -> after.changes() + ":" + after.cents());
    }

    @Override
    public Balance evolve(Balance balance, Event event) {
        long cents = event instanceof Event.Added added ? added.cents() : 0;
        return new Balance(balance.cents() + cents, balance.changes() + 1);
    }
}
