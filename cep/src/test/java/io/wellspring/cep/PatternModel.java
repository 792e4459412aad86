package io.wellspring.cep;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A generated pattern, as data.
 *
 * @param skipStep the step that a strategy skips to
 * @param windowMillis 0 where there is no window
 * @param windowEvents 0 where there is no window by number
 */
record PatternModel(
        List<StepModel> steps,
        GroupModel group,
        long windowMillis,
        int windowEvents,
        Skip.Kind skip,
        int skipStep,
        boolean emitNow,
        int limit) {
    /** The same with what the language refuses mended. */
    PatternModel legal() {
        GroupModel legalGroup = GroupModel.legal(group, steps.size());
        List<StepModel> legalSteps = GroupModel.legal(steps, legalGroup);
        boolean waits = legalSteps.get(steps.size() - 1).link() == Link.NOT_FOLLOWED_BY;
        long closed = waits && windowMillis == 0 && windowEvents == 0 ? 5 : windowMillis;
        int[] taking = IntStream.range(0, steps.size())
                .filter(i -> !legalSteps.get(i).link().negated())
                .toArray();
        int target = taking[skipStep % taking.length];
        return new PatternModel(legalSteps, legalGroup, closed, windowEvents, skip, target, emitNow, limit);
    }

    List<Step<Letters>> handles() {
        return IntStream.range(0, steps.size())
                .mapToObj(i -> Step.of("s" + i, Letters.class))
                .toList();
    }

    List<Step<Letters>> taking(List<Step<Letters>> handles) {
        return handles.stream()
                .filter(step -> !steps.get(handles.indexOf(step)).link().negated())
                .toList();
    }

    Sequence sequence(List<Step<Letters>> handles) {
        Sequence sequence = null;
        List<Step<Letters>> grouped = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            StepModel model = steps.get(i);
            Step<Letters> step = model.step(handles.get(i), taking(handles));
            if (!group.holds(i)) {
                sequence = StepModel.append(sequence, model.link(), step, model.entryGapMillis());
                continue;
            }
            grouped.add(step);
            if (group.endsAt(i)) {
                Group part = group.group(grouped, steps.subList(group.first(), i + 1));
                StepModel shape = group.shape();
                sequence = StepModel.append(sequence, shape.link(), part, shape.entryGapMillis());
            }
        }
        sequence = windowMillis > 0 ? sequence.within(Duration.ofMillis(windowMillis)) : sequence;
        sequence = windowEvents > 0 ? sequence.withinEvents(windowEvents) : sequence;
        sequence = emitNow ? sequence.emitNow() : sequence;
        sequence = limit > 0 ? sequence.maxMatchesPerEvent(limit) : sequence;
        Step<Letters> target = handles.get(skipStep);
        return switch (skip) {
            case NONE -> sequence.noSkip();
            case TO_NEXT -> sequence.skipToNext();
            case PAST_LAST_EVENT -> sequence.skipPastLastEvent();
            case TO_FIRST -> sequence.skipToFirst(target);
            case TO_LAST -> sequence.skipToLast(target);
        };
    }
}
