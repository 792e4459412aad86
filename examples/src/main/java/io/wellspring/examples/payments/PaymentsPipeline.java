package io.wellspring.examples.payments;

import io.wellspring.api.KeyedStream;
import io.wellspring.api.Pipeline;
import io.wellspring.api.StageStream;
import io.wellspring.cep.Cep;
import java.util.concurrent.locks.LockSupport;

/**
 * Two topics, two stages that share state, and a pattern over both, in one transaction:
 *
 * <pre>
 * commands ---> ledger ---> notices
 *                 |  \
 *         balances|   \events
 *                 v    v
 * logins  ---> limits  takeover ---> alerts
 *       \------^-|-----^
 *                \---> limits
 * </pre>
 */
final class PaymentsPipeline {
    private PaymentsPipeline() {}

    /**
     * Describes the pipeline.
     *
     * @param topics names of the topics; their prefix is also the pipeline's
     * @param paceNanos how long to rest at each record, so that a small input lasts long enough to be interrupted; zero for full speed
     */
    static Pipeline over(PaymentsTopics topics, long paceNanos) {
        return Pipeline.named(name(topics), p -> {
            var commands = paced(p.from(topics.commands()), paceNanos);
            var logins = paced(p.from(topics.logins()), paceNanos);

            // tag::readme[]
            StageStream<String, LedgerEvent, Account> ledger =
                    commands.stage(Ledger.STAGE).publish(Ledger.BALANCES, account -> new Balance(account.cents()));
            ledger.out(Ledger.NOTICES).to(topics.notices());

            logins.filter(Login::ok).stage(Limits.STAGE).out(Limits.DECISIONS).to(topics.limits());

            Cep.over(logins)
                    .and(ledger.events())
                    .match("takeover", Takeover.PATTERN)
                    .to(topics.alerts());
            // end::readme[]
        });
    }

    static String name(PaymentsTopics topics) {
        return topics.prefix() + "payments";
    }

    private static <V> KeyedStream<String, V> paced(KeyedStream<String, V> stream, long paceNanos) {
        return paceNanos == 0 ? stream : stream.peek(value -> LockSupport.parkNanos(paceNanos));
    }
}
