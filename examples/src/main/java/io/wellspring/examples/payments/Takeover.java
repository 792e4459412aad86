package io.wellspring.examples.payments;

import io.wellspring.cep.Pattern;
import io.wellspring.cep.Step;
import io.wellspring.examples.payments.LedgerEvent.Withdrawn;
import java.time.Duration;

/**
 * An account is taken over: three or more failed logins, then at once a successful one from where the last failure came, then, within ten minutes of
 * the first, a large withdrawal.
 */
final class Takeover {
    static final long DRAIN_CENTS = 1_000_00;
    static final Duration WINDOW = Duration.ofMinutes(10);

    // tag::readme[]
    private static final Step<Login> FAILS =
            Step.of("fails", Login.class).where(login -> !login.ok()).timesOrMore(3);
    private static final Step<Login> ENTRY = Step.of("entry", Login.class)
            .where((login, match) ->
                    login.ok() && login.ip().equals(match.last(FAILS).ip()));
    private static final Step<Withdrawn> DRAIN =
            Step.of("drain", Withdrawn.class).where(withdrawn -> withdrawn.cents() > DRAIN_CENTS);

    static final Pattern<Alert> PATTERN = Pattern.begin(FAILS)
            .next(ENTRY)
            .followedBy(DRAIN)
            .within(WINDOW)
            .skipPastLastEvent()
            .select(match -> new Alert(
                    match.one(DRAIN).id(),
                    match.key(String.class),
                    match.one(DRAIN).cents(),
                    match.all(FAILS).size()));
    // end::readme[]

    private Takeover() {}
}
