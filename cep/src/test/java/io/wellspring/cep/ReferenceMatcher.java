package io.wellspring.cep;

import io.wellspring.cep.Derivations.Mark;
import io.wellspring.cep.Derivations.Take;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Says what a pattern reports on a finite stream, straight from what the operators mean: of all ways to put events of the stream
 * under the takes of a sentence ({@link Derivations}) it keeps those for which every event between two takes may be passed over and every
 * taken one may be taken ({@link Definitions}), then lets time pass and reports. It looks at whole choices, not at states and
 * transitions, and is as slow as it likes.
 */
final class ReferenceMatcher {
    private final Block root;
    private final StepTable steps;
    private final Terms terms;
    private final List<Occurrence> events;
    private final Definitions definitions;
    private final List<Choice> partials = new ArrayList<>();
    private final List<Found> matches = new ArrayList<>();
    private final List<Found> waiting = new ArrayList<>();
    private final Set<List<?>> known = new HashSet<>();
    private final TreeSet<Long> deadlines = new TreeSet<>();
    private int seen;
    private int firstStart;
    private long nowMillis = Long.MIN_VALUE;

    /** @param events with their places in the stream as positions */
    ReferenceMatcher(Sequence sequence, List<Occurrence> events, Object key) {
        this.root = sequence.block();
        this.terms = sequence.terms();
        this.steps = PatternChecks.check(root, terms);
        this.events = List.copyOf(events);
        this.definitions = new Definitions(root, this.events, steps, terms, key);
        collect(Choice.nothing(new Derivations(events.size() + 1).of(root)));
    }

    /**
     * A choice that is a match.
     *
     * @param atEvent the event that completes it, or -1 where time does
     * @param closingMillis when time does
     * @param afterEvents how many events have come when time does
     */
    private record Found(Choice choice, int atEvent, long closingMillis, int afterEvents) {}

    /** Lets time pass, closing by closing; gives what is reported. */
    List<Partial> advanceTo(long millis) {
        List<Partial> reported = new ArrayList<>();
        while (deadlines.higher(nowMillis) != null && deadlines.higher(nowMillis) <= millis) {
            nowMillis = deadlines.higher(nowMillis);
            matches.stream()
                    .filter(found ->
                            found.atEvent() < 0 && found.closingMillis() == nowMillis && found.afterEvents() == seen)
                    .forEach(waiting::add);
            report(reported);
        }
        nowMillis = Math.max(nowMillis, millis);
        return reported;
    }

    /** Lets the next event come, at a time to which was advanced; gives what is reported. */
    List<Partial> event() {
        List<Partial> reported = new ArrayList<>();
        matches.stream().filter(found -> found.atEvent() == seen).forEach(waiting::add);
        seen++;
        report(reported);
        return reported;
    }

    private void report(List<Partial> reported) {
        int most = reported.size() + Math.min(terms.maxMatchesPerEvent(), waiting.size());
        waiting.removeIf(found -> found.choice().start() < firstStart);
        waiting.sort(Comparator.comparing(found -> found.choice().soFar(), Partial::compareMatches));
        while (!waiting.isEmpty() && !isHeldBack(waiting.get(0).choice())) {
            Choice first = waiting.remove(0).choice();
            if (reported.size() < most) {
                reported.add(first.soFar());
            }
            firstStart = Math.max(firstStart, firstStartAfter(first));
            waiting.removeIf(found -> found.choice().start() < firstStart);
        }
    }

    private void collect(Choice choice) {
        if (!choice.isEmpty()) {
            partials.add(choice);
            addDeadlines(choice);
            choice.node().ends().forEach(marks -> complete(choice, marks));
        }
        for (Map.Entry<Take, Derivations.Node> way : choice.node().next().entrySet()) {
            Take next = way.getKey();
            for (int event = choice.last() + 1; event < events.size(); event++) {
                if (canTake(choice, next, event)) {
                    collect(choice.with(next, events.get(event), steps.positive(next.step(), "the reference")));
                }
            }
        }
    }

    private boolean canTake(Choice choice, Take next, int event) {
        for (List<Mark> marks : choice.node().marksBefore(next)) {
            if (definitions.passes(choice, next, marks, event) && definitions.mayTake(choice, next, marks, event)) {
                return true;
            }
        }
        return false;
    }

    private void addDeadlines(Choice choice) {
        choice.node().next().keySet().forEach(next -> deadlines.add(definitions.deadline(choice, next)));
        deadlines.add(closing(choice));
        deadlines.remove(Time.NEVER);
    }

    /** A choice whose sentence may end is a match, at once or when the absence at the end has lasted. */
    private void complete(Choice choice, List<Mark> marks) {
        Link ending = root.item(root.size() - 1).link();
        Found found = ending.negated() ? lasting(choice, marks, ending) : at(choice, choice.last());
        if (found != null && known.add(content(choice, found))) {
            matches.add(found);
        }
    }

    private static List<?> content(Choice choice, Found found) {
        return List.of(choice.soFar().content(), found.atEvent(), found.closingMillis(), found.afterEvents());
    }

    private Found lasting(Choice choice, List<Mark> marks, Link ending) {
        int lastCounted = lastCounted(choice);
        if (ending == Link.NOT_FOLLOWED_BY && lastCounted <= choice.last()) {
            return at(choice, choice.last());
        }
        for (int event = choice.last() + 1; event < events.size(); event++) {
            if (event > lastCounted || events.get(event).timeMillis() >= closing(choice)) {
                return ending == Link.NOT_NEXT ? null : new Found(choice, -1, closing(choice), event);
            }
            if (!definitions.isAllowed(choice, null, marks, event)) {
                return null;
            }
            if (ending == Link.NOT_NEXT || event == lastCounted) {
                return at(choice, event);
            }
        }
        return ending == Link.NOT_NEXT ? null : new Found(choice, -1, closing(choice), events.size());
    }

    private static Found at(Choice choice, int event) {
        return new Found(choice, event, Time.NEVER, 0);
    }

    private int lastCounted(Choice choice) {
        return terms.countsEvents() ? choice.start() + terms.windowEvents() - 1 : Integer.MAX_VALUE;
    }

    /** When an absence at the end has lasted. */
    private long closing(Choice choice) {
        Block.Item last = root.item(root.size() - 1);
        long byWindow = definitions.windowEnd(choice);
        return last.link() == Link.NOT_FOLLOWED_BY
                ? Math.min(byWindow, Time.plus(choice.soFar().event().timeMillis(), last.gapMillis()))
                : byWindow;
    }

    /** A match waits under a skip strategy while a choice that started strictly earlier may still be continued. */
    private boolean isHeldBack(Choice match) {
        if (terms.skip().kind() == Skip.Kind.NONE || terms.skip().emitNow()) {
            return false;
        }
        return partials.stream()
                .filter(choice -> choice.start() >= firstStart && choice.last() < seen)
                .filter(choice -> Partial.compareStarts(choice.soFar(), match.soFar()) < 0)
                .anyMatch(this::isAlive);
    }

    private boolean isAlive(Choice choice) {
        if (lastCounted(choice) < seen) {
            return false;
        }
        for (Take next : choice.node().next().keySet()) {
            boolean waits = next.link() != Link.NEXT || choice.last() + 1 == seen;
            if (waits && isBefore(definitions.deadline(choice, next))) {
                for (List<Mark> marks : choice.node().marksBefore(next)) {
                    if (definitions.passes(choice, next, marks, seen)) {
                        return true;
                    }
                }
            }
        }
        return choice.node().ends().stream().anyMatch(marks -> waitsForTheEnd(choice, marks));
    }

    private boolean waitsForTheEnd(Choice choice, List<Mark> marks) {
        Link ending = root.item(root.size() - 1).link();
        if (!ending.negated() || !isBefore(closing(choice)) || (ending == Link.NOT_NEXT && choice.last() + 1 < seen)) {
            return false;
        }
        for (int event = choice.last() + 1; event < seen; event++) {
            if (!definitions.isAllowed(choice, null, marks, event)) {
                return false;
            }
        }
        return true;
    }

    private boolean isBefore(long deadline) {
        return deadline == Time.NEVER || nowMillis < deadline;
    }

    private int firstStartAfter(Choice match) {
        Step<?> target = terms.skip().step();
        List<Integer> ofStep = new ArrayList<>();
        for (int i = 0; i < match.takes().size(); i++) {
            if (target != null && match.takes().get(i).step().sameAs(target)) {
                ofStep.add(match.events().get(i));
            }
        }
        return switch (terms.skip().kind()) {
            case NONE -> 0;
            case TO_NEXT -> match.start() + 1;
            case PAST_LAST_EVENT -> match.last() + 1;
            case TO_FIRST -> target(ofStep, 0, match);
            case TO_LAST -> target(ofStep, ofStep.size() - 1, match);
        };
    }

    private int target(List<Integer> ofStep, int which, Choice match) {
        if (terms.skip().ifMissing() == IfMissing.FAIL
                && (ofStep.isEmpty() || ofStep.get(which).equals(match.start()))) {
            throw new CannotSkip();
        }
        return ofStep.isEmpty() ? 0 : ofStep.get(which);
    }

    /** The strategy's step is missing, or would skip nothing. */
    static final class CannotSkip extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
