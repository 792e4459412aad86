package io.wellspring.cep;

import io.wellspring.cep.Automaton.Transition;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An {@link Automaton} as a graph: states are boxes, a transition is an arrow to each state that it leads to, passing over is dashed. */
final class AutomatonDrawing {
    private static final String BEGIN = "begin";
    private static final String MATCH = "match";

    private final Automaton automaton;

    AutomatonDrawing(Automaton automaton) {
        this.automaton = automaton;
    }

    /** A kind of drawing. */
    private interface Language {
        String node(String id, String label);

        String arrow(String from, String to, String label, boolean passing);
    }

    String dot() {
        return "digraph pattern {\n  rankdir=LR;\n  node [shape=box];\n  begin [shape=circle];\n  match [shape=doublecircle];\n"
                + draw(new Dot())
                + "}\n";
    }

    String mermaid() {
        return "flowchart LR\n  begin((begin))\n  match(((match)))\n" + draw(new Mermaid());
    }

    private String draw(Language language) {
        var text = new StringBuilder();
        for (int id = 0; id < automaton.size(); id++) {
            text.append(language.node("s" + id, automaton.state(id).label()));
        }
        automaton.begin().forEach(transition -> draw(BEGIN, transition, language, text));
        for (int id = 0; id < automaton.size(); id++) {
            String from = "s" + id;
            automaton.state(id).transitions().forEach(transition -> draw(from, transition, language, text));
        }
        return text.toString();
    }

    private void draw(String from, Transition transition, Language language, StringBuilder text) {
        boolean passing = transition.step() < 0;
        String action = passing
                ? "pass over"
                : "take " + automaton.steps().get(transition.step()).step().name();
        String label = Stream.of(
                        names(transition.must(), name -> name),
                        names(transition.mustNot(), name -> "not " + name),
                        Stream.of(action))
                .flatMap(each -> each)
                .collect(Collectors.joining(", "));
        for (int target : transition.targets()) {
            text.append(language.arrow(from, "s" + target, label, passing));
        }
        if (transition.accepts()) {
            text.append(language.arrow(from, MATCH, label, passing));
        }
    }

    private Stream<String> names(int[] conditions, UnaryOperator<String> as) {
        return Arrays.stream(conditions)
                .mapToObj(condition -> as.apply(automaton.condition(condition).name()));
    }

    /** Quoted strings, in which a quote and a backslash are escaped. */
    private static final class Dot implements Language {
        @Override
        public String node(String id, String label) {
            return "  " + id + " [label=\"" + escaped(label) + "\"];\n";
        }

        @Override
        public String arrow(String from, String to, String label, boolean passing) {
            return "  " + from + " -> " + to + " [label=\"" + escaped(label) + "\"" + (passing ? ", style=dashed" : "")
                    + "];\n";
        }

        private static String escaped(String label) {
            return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        }
    }

    /** Quoted strings, in which characters of the language are written as entities. */
    private static final class Mermaid implements Language {
        @Override
        public String node(String id, String label) {
            return "  " + id + "[\"" + escaped(label) + "\"]\n";
        }

        @Override
        public String arrow(String from, String to, String label, boolean passing) {
            return "  " + from + (passing ? " -.->|\"" : " -->|\"") + escaped(label) + "\"| " + to + "\n";
        }

        private static String escaped(String label) {
            return label.replace("#", "#35;")
                    .replace("\"", "#quot;")
                    .replace("<", "#lt;")
                    .replace("\n", " ");
        }
    }
}
