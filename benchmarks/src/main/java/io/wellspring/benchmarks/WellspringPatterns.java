package io.wellspring.benchmarks;

import io.wellspring.benchmarks.contestant.PatternEngine;
import io.wellspring.benchmarks.contestant.PatternRun;
import io.wellspring.benchmarks.contestant.PatternTask;
import io.wellspring.benchmarks.contestant.PatternTask.Mode;
import io.wellspring.cep.Matching;
import io.wellspring.cep.Pattern;
import io.wellspring.cep.Sequence;
import io.wellspring.cep.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Wellspring: {@link Matching}. */
class WellspringPatterns implements PatternEngine<WellspringPatterns.Tick> {
    /** More than a window of the matrix holds where each partial match is kept by itself. */
    private static final int MANY = 10_000_000;

    private final Matching<Integer> matching;
    private final Integer[] keys;
    private long matches;

    WellspringPatterns(PatternTask task) {
        matching = Matching.of(pattern(task), (key, found) -> matches += found);
        keys = new Integer[task.keys()];
        for (int key = 0; key < keys.length; key++) {
            keys[key] = key;
        }
    }

    /** An event. */
    record Tick(int type, int value) {}

    /** Started by the harness only. */
    public static void main(String[] arguments) {
        PatternRun.run(arguments, WellspringPatterns::new);
    }

    static Pattern<Long> pattern(PatternTask task) {
        List<Step<Tick>> parts = new ArrayList<>();
        for (int i = 0; i < task.steps(); i++) {
            parts.add(Step.of("s" + i, Tick.class).where(ofType(i)));
        }
        Step<Tick> first = parts.get(0);
        if (task.mode() == Mode.KLEENE) {
            parts.set(1, parts.get(1).oneOrMore());
        } else if (task.mode() == Mode.ACROSS) {
            parts.set(
                    1,
                    parts.get(1)
                            .where((tick, soFar) ->
                                    tick.value() > soFar.first(first).value()));
        }
        Sequence sequence = Pattern.begin(first);
        for (Step<Tick> part : parts.subList(1, parts.size())) {
            sequence = switch (task.mode()) {
                case ANY -> sequence.followedByAny(part);
                case STRICT -> sequence.next(part);
                case NEXT, KLEENE, ACROSS -> sequence.followedBy(part);
            };
        }
        sequence = sequence.within(Duration.ofMillis(task.windowEvents())).maxPartialMatches(MANY);
        return task.listed() ? sequence.select(match -> 1L) : sequence.count();
    }

    /** Several lambdas, so that the matcher's call of a predicate is not bound to one as it would not be in a program. */
    private static Predicate<Tick> ofType(int type) {
        return switch (type % 4) {
            case 0 -> tick -> tick.type() == type;
            case 1 -> tick -> type == tick.type();
            case 2 -> tick -> tick.type() - type == 0;
            default -> tick -> (tick.type() ^ type) == 0;
        };
    }

    @Override
    public Tick make(int type, int key, int value) {
        return new Tick(type, value);
    }

    @Override
    public void accept(Tick event, int key, long timeMillis) {
        matching.event(keys[key], event, timeMillis);
    }

    @Override
    public long matches() {
        return matches;
    }
}
