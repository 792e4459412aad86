package io.wellspring.cep;

import java.util.List;
import java.util.stream.Collectors;

/** The items of a sequence or group, in order, or in any order. Equal to itself only, so that it can name a place in the pattern. */
final class Block {
    private final List<Item> items;
    private final boolean anyOrder;

    Block(List<Item> items) {
        this(items, false);
    }

    Block(List<Item> items, boolean anyOrder) {
        this.items = List.copyOf(items);
        this.anyOrder = anyOrder;
    }

    boolean anyOrder() {
        return anyOrder;
    }

    List<Item> items() {
        return items;
    }

    int size() {
        return items.size();
    }

    Item item(int index) {
        return items.get(index);
    }

    @Override
    public String toString() {
        return items.stream()
                .map(item -> item.part() instanceof Step<?> step
                        ? step.name()
                        : item.part().label())
                .collect(Collectors.joining(" "));
    }

    /**
     * A part and how it follows what comes before.
     *
     * @param gapMillis the first event of the part comes sooner than this after the event before it; {@link Time#NEVER} where there is no
     *     bound
     */
    record Item(Link link, Part part, long gapMillis) {
        Quantifier quantifier() {
            return part instanceof Step<?> step ? step.quantifier() : ((Group) part).quantifier();
        }

        /** The step whose absence this item asks for. */
        Step<?> absentee() {
            return (Step<?>) part;
        }
    }
}
