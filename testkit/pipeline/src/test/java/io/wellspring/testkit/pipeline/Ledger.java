package io.wellspring.testkit.pipeline;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.codec.Tag;

/** Adds cents to accounts and tells each balance with the second it changed in; throws at an overdraft. */
final class Ledger implements EventSourced<String, Long, Ledger.Added, Ledger.Account> {
    static final Out<String> NOTICES = Out.named("notices", String.class);
    static final Stage<String, Long, Added, Account> STAGE =
            Stage.of("ledger", new Ledger(), Codecs.records(Added.class), Codecs.records(Account.class));
    static final Topic<String, Long> COMMANDS = Topic.of("commands", Codecs.utf8(), Codecs.int64());
    static final Topic<String, String> NOTICES_TOPIC = Topic.of("notices", Codecs.utf8(), Codecs.utf8());
    static final Topic<String, Long> REFUSED = Topic.of("refused", Codecs.utf8(), Codecs.int64());

    record Added(@Tag(1) long cents) {}

    record Account(@Tag(1) long cents) {}

    @Override
    public Account initial(String key) {
        return new Account(0);
    }

    @Override
    public Effect<Added, Account> decide(Account account, Long cents, Context<String> context) {
        if (account.cents() + cents < 0) {
            throw new IllegalArgumentException("overdraft of " + context.key());
        }
        long second = context.eventTime().getEpochSecond();
        return persist(new Added(cents)).emit(NOTICES, after -> after.cents() + " at " + second);
    }

    @Override
    public Account evolve(Account account, Added event) {
        return new Account(account.cents() + event.cents());
    }
}
