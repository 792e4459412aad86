package io.wellspring.examples.payments;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Stage;
import io.wellspring.api.codec.Codecs;
import io.wellspring.examples.payments.LimitEvent.Granted;
import io.wellspring.examples.payments.LimitEvent.Refused;

/**
 * Spending limits: each successful login gets three times the balance as the ledger has it at that very moment, at most twice the limit before. An
 * account below the least balance has its limit halved instead.
 */
final class Limits implements EventSourced<String, Login, LimitEvent, Limit> {
    static final long LEAST_BALANCE_CENTS = 50_00;
    static final long LEAST_LIMIT_CENTS = 100_00;

    static final Out<LimitDecision> DECISIONS = Out.named("decisions", LimitDecision.class);
    static final Stage<String, Login, LimitEvent, Limit> STAGE = Stage.of(
                    "limits", new Limits(), Codecs.records(LimitEvent.class), Codecs.records(Limit.class))
            .reading(Ledger.BALANCES);

    @Override
    public Limit initial(String account) {
        return new Limit(LEAST_LIMIT_CENTS);
    }

    @Override
    public Effect<LimitEvent, Limit> decide(Limit limit, Login login, Context<String> context) {
        long seen =
                context.view(Ledger.BALANCES, context.key()).map(Balance::cents).orElse(0L);
        if (seen < LEAST_BALANCE_CENTS) {
            return persist(new Refused(login.id(), seen))
                    .emit(DECISIONS, after -> new LimitDecision(login.id(), false, seen, after.cents()));
        }
        return persist(new Granted(login.id(), Math.min(3 * seen, 2 * limit.cents()), seen))
                .emit(DECISIONS, after -> new LimitDecision(login.id(), true, seen, after.cents()));
    }

    @Override
    public Limit evolve(Limit limit, LimitEvent event) {
        if (event instanceof Granted granted) {
            return new Limit(granted.cents());
        }
        return new Limit(Math.max(LEAST_LIMIT_CENTS, limit.cents() / 2));
    }
}
