package io.wellspring.examples.payments;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Stage;
import io.wellspring.api.View;
import io.wellspring.api.codec.Codecs;
import io.wellspring.examples.payments.Command.Deposit;
import io.wellspring.examples.payments.Command.Withdraw;
import io.wellspring.examples.payments.LedgerEvent.Deposited;
import io.wellspring.examples.payments.LedgerEvent.Rejected;
import io.wellspring.examples.payments.LedgerEvent.Withdrawn;

/** The accounts: takes deposits, pays what is covered, and refuses overdrafts. */
final class Ledger implements EventSourced<String, Command, LedgerEvent, Account> {
    static final Out<Notice> NOTICES = Out.named("notices", Notice.class);
    static final View<String, Balance> BALANCES = View.sameTask("balances", String.class, Balance.class);
    static final Stage<String, Command, LedgerEvent, Account> STAGE =
            Stage.of("ledger", new Ledger(), Codecs.records(LedgerEvent.class), Codecs.records(Account.class));

    @Override
    public Account initial(String account) {
        return new Account(0, 0);
    }

    @Override
    public Effect<LedgerEvent, Account> decide(Account account, Command command, Context<String> context) {
        if (command instanceof Deposit deposit) {
            return noticed(new Deposited(deposit.id(), deposit.cents()), "deposited", deposit.cents());
        }
        Withdraw withdraw = (Withdraw) command;
        if (account.cents() >= withdraw.cents()) {
            return noticed(new Withdrawn(withdraw.id(), withdraw.cents()), "withdrawn", withdraw.cents());
        }
        return noticed(new Rejected(withdraw.id(), withdraw.cents(), "not covered"), "rejected", withdraw.cents());
    }

    @Override
    public Account evolve(Account account, LedgerEvent event) {
        if (event instanceof Deposited deposited) {
            return new Account(account.cents() + deposited.cents(), account.rejected());
        }
        if (event instanceof Withdrawn withdrawn) {
            return new Account(account.cents() - withdrawn.cents(), account.rejected());
        }
        return new Account(account.cents(), account.rejected() + 1);
    }

    private Effect<LedgerEvent, Account> noticed(LedgerEvent event, String text, long cents) {
        return persist(event).emit(NOTICES, after -> new Notice(event.id(), text, cents, after.cents()));
    }
}
