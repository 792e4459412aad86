package io.wellspring.cep;

import java.util.List;

/**
 * What a pattern was compiled to, and what an event costs.
 *
 * @param text the automaton, a line for each condition, state and transition, then the cost and why, and the
 *     warnings; each line ended by a newline
 * @param dot the automaton as a graph in the language of Graphviz
 * @param mermaid the automaton as a flowchart in the language of Mermaid
 * @param cost how the cost of an event grows when {@link Matching} matches it
 * @param reasons why it is not {@link Cost#CONSTANT}; empty if it is
 */
public record Explanation(String text, String dot, String mermaid, Cost cost, List<String> reasons) {
    /** How the cost of an event grows. */
    public enum Cost {
        /** With the size of the pattern alone: neither with the window nor with the number of partial matches. */
        CONSTANT,
        /** With the number of the key's partial matches, each of which the event is compared with. */
        PER_PARTIAL_MATCH
    }

    /**
     * Keeps a copy of the reasons.
     *
     * @param text the automaton and the cost
     * @param dot the automaton for Graphviz
     * @param mermaid the automaton for Mermaid
     * @param cost how it grows
     * @param reasons why it is not constant
     */
    public Explanation {
        reasons = List.copyOf(reasons);
    }

    static Explanation of(Plan plan) {
        Evaluation evaluation = Evaluation.of(plan);
        var text = new StringBuilder(plan.automaton().describe());
        List<String> reasons = List.of();
        if (evaluation instanceof Evaluation.PerPartialMatch perPartialMatch) {
            reasons = perPartialMatch.reasons();
            text.append("cost: each event is compared with each partial match of its key, at most ")
                    .append(plan.terms().maxPartialMatches())
                    .append('\n');
            reasons.forEach(reason -> text.append("because ").append(reason).append('\n'));
        } else {
            text.append(
                    "cost: constant, whatever the window holds: the current event decides every guard, and one window from"
                            + " the start ends every partial match\n");
            text.append(
                            plan.terms().hasWindow()
                                    ? "cost as a stage: the same, unless Cep.onTimeout asks for what a window closes: then each event"
                                    : "cost as a stage, without a window: each event")
                    .append(" is compared with each partial match of its key, at most ")
                    .append(plan.terms().maxPartialMatches())
                    .append('\n');
        }
        plan.warnings()
                .forEach(warning -> text.append("warning: ").append(warning).append('\n'));
        var drawing = new AutomatonDrawing(plan.automaton());
        Cost cost = reasons.isEmpty() ? Cost.CONSTANT : Cost.PER_PARTIAL_MATCH;
        return new Explanation(text.toString(), drawing.dot(), drawing.mermaid(), cost, reasons);
    }

    /** The {@link #text}. */
    @Override
    public String toString() {
        return text;
    }
}
