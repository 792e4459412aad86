package io.wellspring.examples.ledger;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.codec.Tag;
import io.wellspring.engine.Engine;
import io.wellspring.engine.EngineConfig;
import java.nio.file.Path;

/** The program that the README shows: what stands between the marks there and here is compared by a test. */
final class LedgerProgram {
    private LedgerProgram() {}

    // tag::readme[]
    record Transfer(@Tag(1) long cents) {}

    sealed interface Event {
        @Tag(1)
        record Booked(@Tag(1) long cents) implements Event {}

        @Tag(2)
        record Rejected(@Tag(1) long cents) implements Event {}
    }

    record Account(@Tag(1) long cents) {}

    static final class Ledger implements EventSourced<String, Transfer, Event, Account> {
        @Override
        public Account initial(String id) {
            return new Account(0);
        }

        @Override
        public Effect<Event, Account> decide(Account account, Transfer transfer, Context<String> context) {
            boolean covered = account.cents() + transfer.cents() >= 0;
            return persist(covered ? new Event.Booked(transfer.cents()) : new Event.Rejected(transfer.cents()));
        }

        @Override
        public Account evolve(Account account, Event event) {
            return event instanceof Event.Booked booked ? new Account(account.cents() + booked.cents()) : account;
        }
    }

    static final Topic<String, Transfer> INPUT = Topic.of("transfers", Codecs.utf8(), Codecs.records(Transfer.class));
    static final Topic<String, Event> AUDIT = Topic.of("audit", Codecs.utf8(), Codecs.records(Event.class));
    static final Stage<String, Transfer, Event, Account> LEDGER =
            Stage.of("ledger", new Ledger(), Codecs.records(Event.class), Codecs.records(Account.class));
    static final Pipeline BANK =
            Pipeline.named("bank", p -> p.from(INPUT).stage(LEDGER).events().to(AUDIT));

    static Engine start(String bootstrap, Path stateDir) {
        return Engine.start(BANK, EngineConfig.forBootstrap(bootstrap).stateDir(stateDir));
    }
    // end::readme[]
}
