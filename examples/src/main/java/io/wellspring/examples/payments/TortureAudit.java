package io.wellspring.examples.payments;

import io.wellspring.api.Topic;
import io.wellspring.examples.payments.Expected.Keyed;
import io.wellspring.examples.payments.Input.LoggedIn;
import io.wellspring.examples.payments.Input.Ordered;
import io.wellspring.examples.payments.LedgerEvent.Deposited;
import io.wellspring.examples.payments.LedgerEvent.Rejected;
import io.wellspring.examples.payments.LedgerEvent.Withdrawn;
import io.wellspring.examples.payments.LimitEvent.Granted;
import io.wellspring.examples.payments.LimitEvent.Refused;
import io.wellspring.examples.run.Cluster;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * Holds inputs, journals, outputs and answers of a pipeline that worked under a live load against each other.
 *
 * <p><b>Functions of the inputs</b>, compared with a recomputation that uses no engine ({@link Expected}): the events of the ledger, the notices, the
 * balances; these depend on the order of one topic only.
 *
 * <p><b>What depends on the order in which commands and logins met</b>: under a live load that is by event time only as far as both had arrived. So the
 * order is taken from the journals ({@link DecisionOrder}), and the events of the limits, the limits and the alerts are recomputed along it. For
 * instance the balance that a limit's event says it saw has to be the ledger's at that point.
 *
 * <p><b>Journals</b>: see {@link JournalAudit}. The takeover stage journals only what moved it; that nothing is missing there follows from the alerts and from this: a
 * failed login that is not older than what moved the stage last always moves it.
 *
 * <p><b>Outputs</b>: by the id of the input that led to them; those of an account in the order of their ids.
 */
final class TortureAudit {
    private final Cluster cluster;
    private final PaymentsTopics topics;
    private final long sent;
    private long outOfTime;

    TortureAudit(Cluster cluster, PaymentsTopics topics, long sent) {
        this.cluster = cluster;
        this.topics = topics;
        this.sent = sent;
    }

    /** How many inputs were processed behind one of their account with a later event time. */
    long outOfTime() {
        return outOfTime;
    }

    /**
     * Compares everything.
     *
     * @param answers the balances that each engine answers
     */
    List<Tally> run(List<Map<String, Long>> answers) {
        TortureInputs inputs = TortureInputs.read(cluster, topics, sent);
        Expected expected = Expected.of(inputs.all());

        Map<String, Long> folded = new HashMap<>();
        JournalAudit ledger = journal("ledger", inputs, false, (cause, bytes) -> {
            LedgerEvent event = Ledger.STAGE.events().decode(bytes);
            folded.merge(cause.account(), cents(event), Long::sum);
            Keyed<Notice> notice = expected.notices().get(event.id());
            return event.id() == TortureInputs.id(cause) && notice != null && event.equals(eventOf(notice.value()));
        });
        Map<Long, LimitEvent> limitEvents = new HashMap<>();
        JournalAudit limits = journal("limits", inputs, false, (cause, bytes) -> {
            LimitEvent event = Limits.STAGE.events().decode(bytes);
            limitEvents.put(id(event), event);
            return cause instanceof LoggedIn && id(event) == TortureInputs.id(cause);
        });
        JournalAudit takeover = journal("takeover", inputs, true, (cause, bytes) -> true);

        var order = new DecisionOrder(expected, ledger, limits, takeover, limitEvents);
        Map<String, List<Ordered>> commands = inputs.byAccount(Ordered.class);
        Map<String, List<LoggedIn>> logins = inputs.byAccount(LoggedIn.class);
        Set<String> accounts = new HashSet<>(commands.keySet());
        accounts.addAll(logins.keySet());
        for (String account : accounts) {
            order.follow(account, commands.getOrDefault(account, List.of()), logins.getOrDefault(account, List.of()));
        }
        outOfTime = order.outOfTime();

        List<Tally> tallies = new ArrayList<>();
        tallies.add(inputs.tally());
        long orders = expected.notices().size();
        tallies.add(ledger.tally(orders, missing(expected.notices().keySet(), ledger), 0));
        long wrongLimits = order.limitEvents().entrySet().stream()
                .filter(due -> {
                    LimitEvent event = limitEvents.get(due.getKey());
                    return event != null && !event.equals(due.getValue());
                })
                .count();
        tallies.add(limits.tally(
                order.limitEvents().size(), missing(order.limitEvents().keySet(), limits), wrongLimits));
        tallies.add(takeover.tally(takeover.found() + order.unmoved(), order.unmoved(), 0));
        tallies.add(compare("notices", topics.notices(), Notice::id, expected.notices()));
        tallies.add(compare("limits", topics.limits(), LimitDecision::id, order.limits()));
        tallies.add(compare("alerts", topics.alerts(), Alert::id, order.alerts()));
        tallies.add(balances("folded", List.of(folded), expected));
        tallies.add(balances("queried", answers, expected));
        return tallies;
    }

    private static Tally balances(String what, List<Map<String, Long>> answers, Expected expected) {
        var count = new Tally.Count<>(what, expected.balances());
        answers.forEach(each -> each.forEach(count::found));
        return count.tally();
    }

    private static long missing(Set<Long> ids, JournalAudit journal) {
        return ids.stream()
                .filter(id -> journal.place(id) == JournalAudit.NOWHERE)
                .count();
    }

    private <V> Tally compare(
            String what, Topic<String, V> topic, ToLongFunction<V> cause, Map<Long, Keyed<V>> expected) {
        var count = new Tally.Count<>(what, expected);
        Map<String, Long> last = new HashMap<>();
        long[] outOfOrder = {0};
        cluster.read(topic.name(), entry -> {
            V value = topic.values().decode(entry.value());
            String account = topic.keys().decode(entry.key());
            long id = cause.applyAsLong(value);
            Long before = last.put(account, id);
            outOfOrder[0] += before != null && before > id ? 1 : 0;
            count.found(id, new Keyed<>(account, value));
        });
        Tally tally = count.tally();
        return new Tally(
                what,
                tally.expected(),
                tally.found(),
                tally.missing(),
                tally.duplicate(),
                tally.wrong() + outOfOrder[0]);
    }

    private JournalAudit journal(String stage, TortureInputs inputs, boolean forgets, JournalAudit.Reader reader) {
        return new JournalAudit("j. " + stage, inputs, forgets, reader)
                .read(cluster, PaymentsPipeline.name(topics) + "-" + stage + "-journal");
    }

    private static long cents(LedgerEvent event) {
        if (event instanceof Deposited deposited) {
            return deposited.cents();
        }
        return event instanceof Withdrawn withdrawn ? -withdrawn.cents() : 0;
    }

    private static LedgerEvent eventOf(Notice notice) {
        return switch (notice.text()) {
            case "deposited" -> new Deposited(notice.id(), notice.cents());
            case "withdrawn" -> new Withdrawn(notice.id(), notice.cents());
            default -> new Rejected(notice.id(), notice.cents(), "not covered");
        };
    }

    private static long id(LimitEvent event) {
        return event instanceof Granted granted ? granted.id() : ((Refused) event).id();
    }
}
