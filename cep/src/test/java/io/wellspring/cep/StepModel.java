package io.wellspring.cep;

import io.wellspring.cep.Quantifier.Preference;
import java.time.Duration;
import java.util.List;

/**
 * A step of a generated pattern, as data that both the evaluator's pattern and the reference are made from.
 *
 * @param letter what its events have
 * @param weightBound the weights of all events taken so far and of the event sum to at most this, or 0 where that does not matter
 * @param until the letter that ends the loop, or a blank
 * @param gapMillis bound between consecutive events of the loop, or 0
 * @param entryGapMillis bound between the event before and the step's first, or 0
 */
record StepModel(
        Link link,
        char letter,
        int weightBound,
        int from,
        int to,
        boolean optional,
        Preference preference,
        Link inner,
        char until,
        long gapMillis,
        long entryGapMillis) {

    /** @param taking bare handles of the pattern's steps that take events, to read the match so far */
    Step<Letters> step(Step<Letters> bare, List<Step<Letters>> taking) {
        Step<Letters> step = bare.where(event -> event.has(letter));
        if (weightBound > 0) {
            step = step.where((event, match) -> weightOf(match, taking) + event.weight() <= weightBound);
        }
        if (link.negated()) {
            return step;
        }
        if (to > 1) {
            step = to == Quantifier.UNBOUNDED ? step.timesOrMore(from) : step.times(from, to);
            step = switch (inner) {
                case NEXT -> step.consecutive();
                case FOLLOWED_BY_ANY -> step.allowCombinations();
                default -> step;
            };
            step = until == ' ' ? step : step.until(event -> event.has(until));
            step = gapMillis == 0 ? step : step.withinLoop(Duration.ofMillis(gapMillis));
        }
        step = optional ? step.optional() : step;
        return switch (preference) {
            case NONE -> step;
            case GREEDY -> step.greedy();
            case RELUCTANT -> step.reluctant();
        };
    }

    /** Adds a part in a way. */
    static Sequence append(Sequence sequence, Link link, Part step, long entryGapMillis) {
        Sequence longer = switch (link) {
            case BEGIN -> Pattern.begin(step);
            case NEXT -> sequence.next(step);
            case FOLLOWED_BY -> sequence.followedBy(step);
            case FOLLOWED_BY_ANY -> sequence.followedByAny(step);
            case NOT_NEXT -> sequence.notNext((Step<?>) step);
            case NOT_FOLLOWED_BY -> sequence.notFollowedBy((Step<?>) step);
        };
        return entryGapMillis == 0 ? longer : longer.withinOfPrevious(Duration.ofMillis(entryGapMillis));
    }

    /**
     * The step where the language allows it: no options of loops on single events, no absence where none may be.
     *
     * @param wanted how it follows
     * @param bounded whether its entry may have a bound of its own
     */
    StepModel legal(Link wanted, boolean bounded) {
        boolean negated = wanted.negated();
        boolean single = negated || to == 1;
        boolean prefers =
                !negated && (single ? optional : preference == Preference.RELUCTANT || inner != Link.FOLLOWED_BY_ANY);
        return new StepModel(
                wanted,
                letter,
                weightBound,
                negated ? 1 : from,
                negated ? 1 : to,
                optional && !negated,
                prefers ? preference : Preference.NONE,
                inner,
                single ? ' ' : until,
                single ? 0 : gapMillis,
                bounded ? entryGapMillis : 0);
    }

    private static int weightOf(Match match, List<Step<Letters>> taking) {
        return taking.stream()
                .flatMap(step -> match.all(step).stream())
                .mapToInt(Letters::weight)
                .sum();
    }
}
