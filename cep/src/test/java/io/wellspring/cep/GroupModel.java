package io.wellspring.cep;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Which neighbours of a generated pattern are a group, and of which kind.
 *
 * @param first the first of them, counted from 0; taken modulo the number of steps
 * @param size how many; 0 where there is no group
 * @param shape the options of the group, its letter and weight unused
 */
record GroupModel(int first, int size, Kind kind, StepModel shape) {
    enum Kind {
        SEQUENCE,
        ANY,
        ALL
    }

    static GroupModel legal(GroupModel drawn, int steps) {
        int first = drawn.first() % steps;
        int size = Math.min(drawn.size(), steps - first);
        boolean choice = drawn.kind() != Kind.SEQUENCE;
        Link link = first == 0 ? Link.BEGIN : drawn.shape().link();
        Link positive = link.negated() ? Link.FOLLOWED_BY : link;
        return new GroupModel(
                first,
                choice && size < 2 ? 0 : size,
                drawn.kind(),
                drawn.shape().legal(positive, first > 0));
    }

    boolean holds(int step) {
        return step >= first && step < first + size;
    }

    boolean endsAt(int step) {
        return step == first + size - 1;
    }

    /** How a step follows inside this group; absences stand in the middle of sequences only. */
    StepModel inside(StepModel step, int number) {
        boolean begins = number == first || kind != Kind.SEQUENCE;
        boolean middle = !begins && !endsAt(number);
        Link link = begins ? Link.BEGIN : step.link();
        boolean absent = link.negated() && middle;
        Link positive = link.negated() && !middle ? Link.FOLLOWED_BY : link;
        return step.legal(positive, !begins && !absent);
    }

    Group group(List<Step<Letters>> parts, List<StepModel> models) {
        Group group = switch (kind) {
            case SEQUENCE -> Group.of(sequence(parts, models));
            case ANY -> Group.anyOf(parts.toArray(Part[]::new));
            case ALL -> Group.allOf(parts.toArray(Part[]::new));
        };
        if (shape.to() > 1) {
            group = shape.to() == Quantifier.UNBOUNDED
                    ? group.timesOrMore(shape.from())
                    : group.times(shape.from(), shape.to());
            group = switch (shape.inner()) {
                case NEXT -> group.consecutive();
                case FOLLOWED_BY_ANY -> group.allowCombinations();
                default -> group;
            };
            char until = shape.until();
            group = until == ' ' ? group : group.until(Letters.class, event -> event.has(until));
            group = shape.gapMillis() == 0 ? group : group.withinLoop(Duration.ofMillis(shape.gapMillis()));
        }
        group = shape.optional() ? group.optional() : group;
        return switch (shape.preference()) {
            case NONE -> group;
            case GREEDY -> group.greedy();
            case RELUCTANT -> group.reluctant();
        };
    }

    private static Sequence sequence(List<Step<Letters>> parts, List<StepModel> models) {
        Sequence sequence = null;
        for (int i = 0; i < parts.size(); i++) {
            StepModel model = models.get(i);
            sequence = StepModel.append(sequence, model.link(), parts.get(i), model.entryGapMillis());
        }
        return sequence;
    }

    static List<StepModel> legal(List<StepModel> drawn, GroupModel group) {
        List<StepModel> steps = new ArrayList<>();
        for (int i = 0; i < drawn.size(); i++) {
            StepModel step = drawn.get(i);
            Link link = i == 0 ? Link.BEGIN : step.link();
            boolean closes = i == drawn.size() - 1 && link == Link.NOT_FOLLOWED_BY;
            steps.add(group.holds(i) ? group.inside(step, i) : step.legal(link, i > 0 && (closes || !link.negated())));
        }
        return steps;
    }
}
