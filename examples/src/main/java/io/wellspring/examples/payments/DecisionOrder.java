package io.wellspring.examples.payments;

import io.wellspring.examples.payments.Command.Withdraw;
import io.wellspring.examples.payments.Expected.Keyed;
import io.wellspring.examples.payments.Input.LoggedIn;
import io.wellspring.examples.payments.Input.Ordered;
import io.wellspring.examples.payments.LimitEvent.Granted;
import io.wellspring.examples.payments.LimitEvent.Refused;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The order in which an account's commands and logins were decided, as the journals tell it, and what had to come out along it.
 *
 * <p>Within a topic the order is that of the offsets. Between a command and a login it is, in this order of preference:
 *
 * <ol>
 *   <li>their places in the takeover journal, if both moved the pattern;
 *   <li>the processing times in the journals, which never go back, if they differ;
 *   <li>the balance that the login's limit saw, if it is the one before the command and not the one after it, or the other way round;
 *   <li>event time: within one millisecond both were in hand, and then the task takes the earlier one first.
 * </ol>
 *
 * <p>The pattern passes over what is older than the event that moved it last (it is late). Such an input is in neither the takeover journal nor the
 * story that is recomputed here. Where the pattern had no partial match it would not have passed over it, but then only a failed login could have moved
 * it, and that is in the journal. A failed login that was passed over left no trace at all; it is taken to have come as late as it can, just before
 * the next login.
 */
final class DecisionOrder {
    private final Expected expected;
    private final JournalAudit ledger;
    private final JournalAudit limits;
    private final JournalAudit takeover;
    private final Map<Long, LimitEvent> seen;
    private final Map<Long, LimitEvent> limitEvents = new HashMap<>();
    private final Map<Long, Keyed<LimitDecision>> decisions = new HashMap<>();
    private final Map<Long, Keyed<Alert>> alerts = new HashMap<>();
    private long unmoved;
    private long outOfTime;

    /**
     * Prepares the walk.
     *
     * @param expected what follows from the commands alone
     * @param seen the events of the limits, for the balances that they saw, where nothing else tells the order
     */
    DecisionOrder(
            Expected expected,
            JournalAudit ledger,
            JournalAudit limits,
            JournalAudit takeover,
            Map<Long, LimitEvent> seen) {
        this.expected = expected;
        this.ledger = ledger;
        this.limits = limits;
        this.takeover = takeover;
        this.seen = seen;
    }

    /** By the id of the login. */
    Map<Long, LimitEvent> limitEvents() {
        return limitEvents;
    }

    /** By the id of the login. */
    Map<Long, Keyed<LimitDecision>> limits() {
        return decisions;
    }

    /** By the id of the withdrawal. */
    Map<Long, Keyed<Alert>> alerts() {
        return alerts;
    }

    /** How many failed logins should have moved the pattern and did not. */
    long unmoved() {
        return unmoved;
    }

    /** How many inputs were processed behind one of their account with a later event time. */
    long outOfTime() {
        return outOfTime;
    }

    /** Walks along one account. */
    void follow(String account, List<Ordered> commands, List<LoggedIn> logins) {
        var walk = new Walk(account);
        for (Input input : merge(commands, logins)) {
            walk.take(input);
        }
    }

    private List<Input> merge(List<Ordered> commands, List<LoggedIn> logins) {
        List<Input> merged = new ArrayList<>(commands.size() + logins.size());
        int login = 0;
        long balance = 0;
        for (Ordered command : commands) {
            while (login < logins.size() && loginsFirst(command, logins, login, balance)) {
                merged.add(logins.get(login++));
            }
            merged.add(command);
            balance = after(command);
        }
        merged.addAll(logins.subList(login, logins.size()));
        return merged;
    }

    /** A login that left no trace goes with the next one that did: as late as it can have been. */
    private boolean loginsFirst(Ordered command, List<LoggedIn> logins, int from, long balance) {
        return logins.subList(from, logins.size()).stream()
                .filter(this::traced)
                .findFirst()
                .map(login -> loginFirst(command, login, balance))
                .orElse(false);
    }

    private boolean traced(LoggedIn login) {
        long id = login.login().id();
        return limits.place(id) != JournalAudit.NOWHERE || takeover.place(id) != JournalAudit.NOWHERE;
    }

    private boolean loginFirst(Ordered command, LoggedIn login, long balance) {
        long commandId = command.command().id();
        long loginId = login.login().id();
        long commandPlace = takeover.place(commandId);
        long loginPlace = takeover.place(loginId);
        if (commandPlace != JournalAudit.NOWHERE && loginPlace != JournalAudit.NOWHERE) {
            return loginPlace < commandPlace;
        }
        long commandMillis = ledger.processedMillis(commandId);
        long loginMillis =
                Math.max(limits.processedMillis(loginId), login.login().ok() ? 0 : takeover.processedMillis(loginId));
        if (commandMillis != 0 && loginMillis != 0 && commandMillis != loginMillis) {
            return loginMillis < commandMillis;
        }
        LimitEvent event = seen.get(loginId);
        if (event != null && balance != after(command)) {
            long cents = event instanceof Granted granted ? granted.seenCents() : ((Refused) event).seenCents();
            if (cents == balance || cents == after(command)) {
                return cents == balance;
            }
        }
        return login.timeMillis() < command.timeMillis();
    }

    private long after(Ordered command) {
        return expected.notices().get(command.command().id()).value().balanceCents();
    }

    /** One account's story along the order. */
    private final class Walk {
        private final String account;
        private final TakeoverSearch story = new TakeoverSearch();
        private long balance;
        private long limit = 100_00;
        private long newestMillis = Long.MIN_VALUE;
        private long movedMillis = Long.MIN_VALUE;

        Walk(String account) {
            this.account = account;
        }

        void take(Input input) {
            outOfTime += input.timeMillis() < newestMillis ? 1 : 0;
            newestMillis = Math.max(newestMillis, input.timeMillis());
            boolean moved = takeover.place(TortureInputs.id(input)) != JournalAudit.NOWHERE;
            boolean late = !moved && input.timeMillis() < movedMillis;
            movedMillis = moved ? input.timeMillis() : movedMillis;
            if (input instanceof Ordered ordered) {
                order(ordered, late);
            } else {
                login(((LoggedIn) input).login(), input.timeMillis(), moved, late);
            }
        }

        private void order(Ordered ordered, boolean late) {
            long id = ordered.command().id();
            Notice notice = expected.notices().get(id).value();
            balance = notice.balanceCents();
            if (late) {
                return;
            }
            boolean drain = ordered.command() instanceof Withdraw
                    && notice.text().equals("withdrawn")
                    && notice.cents() > 100_000;
            int failed = drain ? story.drain(ordered.timeMillis()) : 0;
            if (failed > 0) {
                alerts.put(id, new Keyed<>(account, new Alert(id, account, notice.cents(), failed)));
            } else if (!drain) {
                story.other(ordered.timeMillis());
            }
        }

        private void login(Login login, long timeMillis, boolean moved, boolean late) {
            if (!late) {
                story.login(timeMillis, login);
            }
            unmoved += !login.ok() && !moved && !late ? 1 : 0;
            if (login.ok()) {
                boolean granted = balance >= 50_00;
                limit = granted ? Math.min(balance * 3, limit * 2) : Math.max(100_00, limit / 2);
                limitEvents.put(
                        login.id(),
                        granted ? new Granted(login.id(), limit, balance) : new Refused(login.id(), balance));
                decisions.put(login.id(), new Keyed<>(account, new LimitDecision(login.id(), granted, balance, limit)));
            }
        }
    }
}
