package io.wellspring.cep;

import io.wellspring.api.error.ConfigException;
import io.wellspring.cep.Block.Item;
import java.util.ArrayDeque;
import java.util.BitSet;

/** Mistakes in a pattern that are found before any event: each is refused with the part and the remedy. */
final class PatternChecks {
    private PatternChecks() {}

    static StepTable check(Block root, long windowMillis) {
        var steps = new StepTable();
        collect(root, steps, false);
        Item last = root.item(root.size() - 1);
        if (last.link() == Link.NOT_FOLLOWED_BY && windowMillis == Time.NEVER && last.gapMillis() == Time.NEVER) {
            throw new ConfigException("A pattern (" + root + ") ends with notFollowedBy("
                    + last.absentee().name()
                    + ") and has no window, so it would wait for ever; add within(Duration)");
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
                collect(((Group) item.part()).block(), steps, looping);
            }
        }
    }

    private static void checkQuantifier(Item item) {
        Quantifier quantifier = item.quantifier();
        String label = item.part().label();
        boolean until =
                item.part() instanceof Step<?> step ? step.until() != null : ((Group) item.part()).until() != null;
        boolean loopOptions = quantifier.inner() != null || quantifier.windowMillis() != Time.NEVER || until;
        if (item.link().negated() && (quantifier.counted() || quantifier.optional() || loopOptions)) {
            throw new ConfigException("The absence of " + label
                    + " has a quantifier; one event is enough to break an absence, so leave the quantifier out");
        }
        if (loopOptions && !quantifier.looping()) {
            throw new ConfigException("consecutive, allowCombinations, until or withinLoop on " + label
                    + ", which takes one event; they are about loops: add times, timesOrMore or oneOrMore");
        }
        if (quantifier.greedy() && !quantifier.looping() && !quantifier.optional()) {
            throw new ConfigException(
                    "greedy on " + label + ", which takes exactly one event; greedy is about loops and optional steps");
        }
        if (quantifier.greedy() && quantifier.inner() == Link.FOLLOWED_BY_ANY) {
            throw new ConfigException("greedy and allowCombinations on " + label
                    + " contradict each other: one takes every event that fits, the other may pass it over; keep one");
        }
    }

    /** A pattern whose end no run can reach is refused: its guards exclude each other, whatever events come. */
    static void checkReachable(Automaton automaton, Block root) {
        var seen = new BitSet();
        var open = new ArrayDeque<Automaton.Transition>(automaton.begin());
        while (!open.isEmpty()) {
            Automaton.Transition transition = open.pop();
            if (transition.accepts()) {
                return;
            }
            for (int target : transition.targets()) {
                if (automaton.state(target).pending()) {
                    return;
                }
                if (!seen.get(target)) {
                    seen.set(target);
                    open.addAll(automaton.state(target).transitions());
                }
            }
        }
        throw new ConfigException("A pattern (" + root
                + ") can never match: an absence or a greedy loop without a condition takes every event that could go on."
                + " Give it a condition, or leave it out");
    }
}
