package io.wellspring.cep;

import io.wellspring.api.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The steps of a pattern by number, in the order in which they are described. */
final class StepTable {
    private final List<Entry> entries = new ArrayList<>();

    /**
     * @param looping whether a match may hold several events of the step, by its own quantifier or by that of a group around it
     */
    record Entry(Step<?> step, boolean looping, boolean negated) {}

    void add(Step<?> step, boolean looping, boolean negated) {
        for (Entry entry : entries) {
            if (entry.step().name().equals(step.name())) {
                throw new ConfigException("The name of " + step.label() + " appears twice in a pattern (" + names()
                        + "); give each step a name and a handle of its own");
            }
        }
        entries.add(new Entry(step, looping, negated));
    }

    int size() {
        return entries.size();
    }

    Entry get(int number) {
        return entries.get(number);
    }

    /** The number of a step that takes events, or an error that says who asked. */
    int positive(Step<?> step, String asker) {
        for (int number = 0; number < entries.size(); number++) {
            if (entries.get(number).step().sameAs(step)) {
                if (entries.get(number).negated()) {
                    throw new ConfigException(asker + " asks for " + step.label()
                            + ", which stands for an absence and takes no event; ask for one of the others: "
                            + names());
                }
                return number;
            }
        }
        throw new ConfigException(asker + " asks for " + step.label()
                + ", which is not a step of its pattern; use the handles that the pattern was built from, its steps are: "
                + names());
    }

    String names() {
        return entries.stream().map(entry -> entry.step().name()).collect(Collectors.joining(", "));
    }
}
