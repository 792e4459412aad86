package io.wellspring.cep;

import io.wellspring.api.error.ConfigException;
import io.wellspring.cep.Block.Item;
import io.wellspring.cep.Quantifier.Preference;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** Mistakes in a pattern that are found before any event: each is refused with the part and the remedy. */
final class PatternChecks {
    private PatternChecks() {}

    static StepTable check(Block root, Terms terms) {
        var steps = new StepTable();
        collect(root, steps, false);
        Item last = root.item(root.size() - 1);
        if (last.link() == Link.NOT_FOLLOWED_BY && !terms.hasWindow() && last.gapMillis() == Time.NEVER) {
            throw new ConfigException("A pattern (" + root + ") ends with notFollowedBy("
                    + last.absentee().name()
                    + ") and has no window, so it would wait for ever; add within(Duration) or withinEvents(int)");
        }
        return steps;
    }

    private static void collect(Block block, StepTable steps, boolean insideLoop) {
        for (int i = 0; i < block.size(); i++) {
            Item item = block.item(i);
            if (item.link().negated() && item.gapMillis() != Time.NEVER && i < block.size() - 1) {
                throw new ConfigException("withinOfPrevious on the absence of "
                        + item.part().label() + " in the middle of a pattern (" + block
                        + ") bounds nothing; put it on the part that follows");
            }
            boolean looping = insideLoop || item.quantifier().looping();
            checkQuantifier(item);
            if (item.part() instanceof Step<?> step) {
                steps.add(step, looping, item.link().negated());
            } else {
                for (Block inner : ((Group) item.part()).blocks()) {
                    collect(inner, steps, looping);
                }
            }
        }
    }

    private static void checkQuantifier(Item item) {
        Quantifier quantifier = item.quantifier();
        String label = item.part().label();
        Preference preference = quantifier.preference();
        boolean loopOptions = quantifier.inner() != null || quantifier.windowMillis() != Time.NEVER || until(item);
        if (item.link().negated()
                && (quantifier.counted() || quantifier.optional() || preference != Preference.NONE || loopOptions)) {
            throw new ConfigException("The absence of " + label
                    + " has a quantifier; one event is enough to break an absence, so leave the quantifier out");
        }
        if (loopOptions && !quantifier.looping()) {
            throw new ConfigException("consecutive, allowCombinations, until or withinLoop on " + label
                    + ", which takes one event; they are about loops: add times, timesOrMore or oneOrMore");
        }
        if (preference != Preference.NONE && !quantifier.looping() && !quantifier.optional()) {
            throw new ConfigException(preference.name().toLowerCase(Locale.ROOT) + " on " + label
                    + ", which takes exactly one event; it is about loops and optional steps");
        }
        if (preference == Preference.GREEDY && quantifier.inner() == Link.FOLLOWED_BY_ANY) {
            throw new ConfigException("greedy and allowCombinations on " + label
                    + " contradict each other: one takes every event that fits, the other may pass it over; keep one");
        }
    }

    /** What is allowed, and seldom meant. */
    static List<String> warnings(Block root, Terms terms) {
        var warnings = new ArrayList<String>();
        if (!terms.hasWindow()) {
            warnEndless(root, terms, false, warnings);
        }
        return List.copyOf(warnings);
    }

    private static void warnEndless(Block block, Terms terms, boolean ended, List<String> warnings) {
        for (Item item : block.items()) {
            Quantifier quantifier = item.quantifier();
            boolean endsHere = ended || until(item) || quantifier.windowMillis() != Time.NEVER;
            if (quantifier.unbounded() && !endsHere) {
                warnings.add(item.part().label()
                        + " may loop without end: the pattern has no window and the loop no until, so its partial matches live for ever and"
                        + " their events are kept, up to maxPartialMatches=" + terms.maxPartialMatches()
                        + " for each key, beyond which an event is refused. Add within(Duration), withinEvents(int), until(...) or"
                        + " times(from, to)");
            }
            if (item.part() instanceof Group group) {
                group.blocks().forEach(inner -> warnEndless(inner, terms, endsHere, warnings));
            }
        }
    }

    private static boolean until(Item item) {
        return item.part() instanceof Step<?> step ? step.until() != null : ((Group) item.part()).until() != null;
    }

    /**
     * A pattern whose end no run can reach is refused: its guards exclude each other, whatever events come, or the shortest way is longer
     * than a window that counts events.
     */
    static void checkReachable(Automaton automaton, Block root, Terms terms) {
        var seen = new BitSet();
        var level = new ArrayList<Automaton.Transition>(automaton.begin());
        for (int events = 1; !level.isEmpty(); events++) {
            var next = new ArrayList<Automaton.Transition>();
            for (Automaton.Transition transition : level) {
                if (transition.accepts() || leadsToPending(automaton, transition)) {
                    checkRoom(events, root, terms);
                    return;
                }
                for (int target : transition.targets()) {
                    if (!seen.get(target)) {
                        seen.set(target);
                        next.addAll(automaton.state(target).transitions());
                    }
                }
            }
            level = next;
        }
        throw new ConfigException("A pattern (" + root
                + ") can never match: an absence or a greedy loop without a condition takes every event that could go on."
                + " Give it a condition, or leave it out");
    }

    private static boolean leadsToPending(Automaton automaton, Automaton.Transition transition) {
        for (int target : transition.targets()) {
            if (automaton.state(target).pending()) {
                return true;
            }
        }
        return false;
    }

    private static void checkRoom(int events, Block root, Terms terms) {
        if (events > terms.windowEvents()) {
            throw new ConfigException("A pattern (" + root + ") can never match: it needs at least " + events
                    + " events and withinEvents(" + terms.windowEvents() + ") leaves room for fewer; raise the bound");
        }
    }
}
