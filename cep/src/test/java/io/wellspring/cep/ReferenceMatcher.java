package io.wellspring.cep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The matches of a finite stream, straight from what the operators mean: a match is a choice of events under steps such that what lies
 * between two of them, the later one included, breaks no rule. It knows no automaton and no run; it tries all choices, as slow as it
 * likes. Sequences of steps, no groups.
 */
final class ReferenceMatcher {
    /** Longer than all windows. */
    private static final int END_MILLIS = 100;

    private final List<StepModel> steps;
    private final long windowMillis;
    private final Skip.Kind skip;
    private final int skipStep;
    private final List<Letters> events;
    private final List<String> reports = new ArrayList<>();
    private final List<Found> waiting = new ArrayList<>();
    private int firstStart;

    /** @param windowMillis 0 where there is no window */
    ReferenceMatcher(List<StepModel> steps, long windowMillis, Skip.Kind skip, int skipStep, List<Letters> events) {
        this.steps = steps;
        this.windowMillis = windowMillis;
        this.skip = skip;
        this.skipStep = skipStep;
        this.events = events;
    }

    /** An event under a step; copy counts the events of the step. */
    private record Take(int step, int copy, int event) {}

    /** A choice that is complete from a moment on. */
    private record Found(List<Take> takes, long moment) {}

    /** What a choice may be continued with; behind the last step only time is waited for. */
    private record Next(int step, int copy) {}

    /**
     * What is reported, by moment: the even ones are just before an event, when time has passed to it, millisecond by millisecond; the
     * odd ones are at the event. The last one is the end of time.
     */
    List<String> reports() {
        List<List<Take>> partials = new ArrayList<>();
        List<Found> matches = new ArrayList<>();
        collect(List.of(), partials, matches);
        long now = events.get(0).timeMillis();
        for (int event = 0; event <= events.size(); event++) {
            long next = event < events.size() ? events.get(event).timeMillis() : now + END_MILLIS;
            for (; now <= next; now++) {
                report(matches, partials, 2 * event, now);
            }
            now = next;
            if (event < events.size()) {
                report(matches, partials, 2 * event + 1, now);
            }
        }
        return reports;
    }

    private void report(List<Found> matches, List<List<Take>> partials, int moment, long now) {
        matches.stream()
                .filter(found -> found.moment() == moment && (moment % 2 == 1 || closing(found.takes()) == now))
                .forEach(waiting::add);
        waiting.removeIf(found -> start(found.takes()) < firstStart);
        waiting.sort(order());
        while (!waiting.isEmpty() && !isHeldBack(waiting.get(0), partials, moment, now)) {
            Found first = waiting.remove(0);
            reports.add(text(first.takes()) + " at " + moment);
            firstStart = Math.max(firstStart, firstStartAfter(first));
            waiting.removeIf(found -> start(found.takes()) < firstStart);
        }
    }

    private void collect(List<Take> takes, List<List<Take>> partials, List<Found> matches) {
        if (!takes.isEmpty()) {
            partials.add(takes);
            long moment = completion(takes);
            if (moment >= 0) {
                matches.add(new Found(takes, moment));
            }
        }
        for (Next next : continuations(takes)) {
            for (int event = last(takes) + 1; event < events.size(); event++) {
                if (takes.isEmpty() || passes(takes, next, event)) {
                    if (mayTake(takes, next, event)) {
                        List<Take> longer = new ArrayList<>(takes);
                        longer.add(new Take(next.step(), next.copy(), event));
                        collect(longer, partials, matches);
                    }
                }
            }
        }
    }

    /** The steps that may come next: the loop again, or what follows, over whatever may be left out. */
    private List<Next> continuations(List<Take> takes) {
        List<Next> all = new ArrayList<>();
        int behind = 0;
        if (!takes.isEmpty()) {
            Take last = takes.get(takes.size() - 1);
            if (last.copy() < steps.get(last.step()).to()) {
                all.add(new Next(last.step(), last.copy() + 1));
            }
            if (last.copy() < steps.get(last.step()).from()) {
                return all;
            }
            behind = last.step() + 1;
        }
        for (int step = behind; step < steps.size(); step++) {
            if (!steps.get(step).link().negated()) {
                all.add(new Next(step, 1));
                if (!steps.get(step).optional()) {
                    return all;
                }
            }
        }
        return all;
    }

    /** Whether every event behind the last taken one and before this one may be passed over. */
    private boolean passes(List<Take> takes, Next next, int before) {
        for (int event = last(takes) + 1; event < before; event++) {
            boolean passed = switch (linkTo(next)) {
                case FOLLOWED_BY -> !fits(takes, next.step(), event);
                case FOLLOWED_BY_ANY -> true;
                default -> false;
            };
            if (!passed || !isAllowed(takes, next, event)) {
                return false;
            }
        }
        return true;
    }

    private boolean mayTake(List<Take> takes, Next next, int event) {
        StepModel step = steps.get(next.step());
        boolean ended = step.until() != ' ' && events.get(event).has(step.until());
        return fits(takes, next.step(), event)
                && !ended
                && events.get(event).timeMillis() < deadline(takes, next)
                && isAllowed(takes, next, event);
    }

    private boolean fits(List<Take> takes, int step, int event) {
        StepModel model = steps.get(step);
        int weight = events.get(event).weight();
        for (Take take : takes) {
            weight += events.get(take.event()).weight();
        }
        return events.get(event).has(model.letter()) && (model.weightBound() == 0 || weight <= model.weightBound());
    }

    /** What neither a taken event nor one that is passed over may be. */
    private boolean isAllowed(List<Take> takes, Next next, int event) {
        boolean again = isAgain(takes, next);
        StepModel target = next.step() < steps.size() ? steps.get(next.step()) : null;
        if (again && target.until() != ' ' && events.get(event).has(target.until())) {
            return false;
        }
        return !isAbsent(takes, next, event, again) && !isGreedilyWanted(takes, next, event, again);
    }

    private boolean isAbsent(List<Take> takes, Next next, int event, boolean again) {
        if (takes.isEmpty()) {
            return false;
        }
        int from = takes.get(takes.size() - 1).step() + 1;
        boolean leaving =
                takes.get(takes.size() - 1).copy() >= steps.get(from - 1).from();
        boolean directly = true;
        for (int step = from; step < steps.size(); step++) {
            StepModel model = steps.get(step);
            boolean concerned = switch (model.link()) {
                case NOT_FOLLOWED_BY -> again ? directly : step < next.step();
                case NOT_NEXT -> leaving && event == last(takes) + 1;
                default -> false;
            };
            if (concerned && fits(takes, step, event)) {
                return true;
            }
            if (!model.link().negated()) {
                directly = false;
                leaving &= model.optional();
            }
        }
        return false;
    }

    /** Whether a greedy loop that was left, or left out, before the next step could have taken the event. */
    private boolean isGreedilyWanted(List<Take> takes, Next next, int event, boolean again) {
        int from = takes.isEmpty() ? 0 : takes.get(takes.size() - 1).step();
        for (int step = from; step < next.step() && !again; step++) {
            StepModel model = steps.get(step);
            boolean choice = model.from() != model.to() || (model.optional() && model.to() == 1);
            if (model.greedy() && choice && fits(takes, step, event) && !endedBy(model, takes, event)) {
                return true;
            }
        }
        return false;
    }

    private boolean endedBy(StepModel loop, List<Take> takes, int event) {
        int first = takes.isEmpty() ? event : last(takes) + 1;
        for (int e = first; e <= event; e++) {
            if (loop.until() != ' ' && events.get(e).has(loop.until())) {
                return true;
            }
        }
        return false;
    }

    private boolean isAgain(List<Take> takes, Next next) {
        return !takes.isEmpty() && takes.get(takes.size() - 1).step() == next.step();
    }

    private Link linkTo(Next next) {
        StepModel step = steps.get(next.step());
        return next.copy() > 1 ? step.inner() : step.link();
    }

    /** The first time at which the next event would be too late. */
    private long deadline(List<Take> takes, Next next) {
        if (takes.isEmpty()) {
            return Long.MAX_VALUE;
        }
        long byWindow =
                windowMillis == 0 ? Long.MAX_VALUE : events.get(start(takes)).timeMillis() + windowMillis;
        StepModel step = steps.get(Math.min(next.step(), steps.size() - 1));
        long gap = isAgain(takes, next) ? step.gapMillis() : step.entryGapMillis();
        return gap == 0 ? byWindow : Math.min(byWindow, events.get(last(takes)).timeMillis() + gap);
    }

    /** The moment from which on a choice is a match, or -1. */
    private long completion(List<Take> takes) {
        Take last = takes.get(takes.size() - 1);
        if (last.copy() < steps.get(last.step()).from()) {
            return -1;
        }
        for (int step = last.step() + 1; step < steps.size(); step++) {
            if (!steps.get(step).link().negated() && !steps.get(step).optional()) {
                return -1;
            }
        }
        Next end = new Next(steps.size(), 1);
        Link ending = steps.get(steps.size() - 1).link();
        if (!ending.negated()) {
            return 2L * last.event() + 1;
        }
        int event = last.event() + 1;
        while (event < events.size() && events.get(event).timeMillis() < closing(takes)) {
            if (!isAllowed(takes, end, event)) {
                return -1;
            }
            if (ending == Link.NOT_NEXT) {
                return 2L * event + 1;
            }
            event++;
        }
        return ending == Link.NOT_NEXT ? -1 : 2L * event;
    }

    private long closing(List<Take> takes) {
        StepModel last = steps.get(steps.size() - 1);
        long byWindow =
                windowMillis == 0 ? Long.MAX_VALUE : events.get(start(takes)).timeMillis() + windowMillis;
        boolean gap = last.link() == Link.NOT_FOLLOWED_BY && last.entryGapMillis() > 0;
        return gap ? Math.min(byWindow, events.get(last(takes)).timeMillis() + last.entryGapMillis()) : byWindow;
    }

    /** A match waits under a skip strategy while a choice that started strictly earlier may still be continued. */
    private boolean isHeldBack(Found match, List<List<Take>> partials, int moment, long now) {
        if (skip == Skip.Kind.NONE) {
            return false;
        }
        return partials.stream()
                .filter(takes -> start(takes) >= firstStart && start(takes) < start(match.takes()))
                .anyMatch(takes -> isAlive(takes, (moment + 1) / 2, now));
    }

    /** @param seen how many events have come */
    private boolean isAlive(List<Take> takes, int seen, long now) {
        if (last(takes) >= seen) {
            return false;
        }
        for (Next next : continuations(takes)) {
            boolean waits = linkTo(next) != Link.NEXT || last(takes) + 1 == seen;
            boolean inTime = deadline(takes, next) == Long.MAX_VALUE || now < deadline(takes, next);
            if (waits && inTime && passes(takes, next, seen)) {
                return true;
            }
        }
        return waitsForTheEnd(takes, seen, now);
    }

    private boolean waitsForTheEnd(List<Take> takes, int seen, long now) {
        Link ending = steps.get(steps.size() - 1).link();
        Take last = takes.get(takes.size() - 1);
        boolean enough = last.copy() >= steps.get(last.step()).from()
                && steps.subList(last.step() + 1, steps.size()).stream()
                        .allMatch(step -> step.link().negated() || step.optional());
        boolean inTime = closing(takes) == Long.MAX_VALUE || now < closing(takes);
        if (!enough || !inTime || !ending.negated() || (ending == Link.NOT_NEXT && last(takes) + 1 < seen)) {
            return false;
        }
        for (int event = last(takes) + 1; event < seen; event++) {
            if (!isAllowed(takes, new Next(steps.size(), 1), event)) {
                return false;
            }
        }
        return true;
    }

    private int firstStartAfter(Found match) {
        return switch (skip) {
            case NONE -> 0;
            case TO_NEXT -> start(match.takes()) + 1;
            case PAST_LAST_EVENT -> last(match.takes()) + 1;
            case TO_FIRST -> of(match).isEmpty() ? 0 : of(match).get(0);
            case TO_LAST -> of(match).isEmpty() ? 0 : of(match).get(of(match).size() - 1);
        };
    }

    private List<Integer> of(Found match) {
        return match.takes().stream()
                .filter(take -> take.step() == skipStep)
                .map(Take::event)
                .toList();
    }

    private static int start(List<Take> takes) {
        return takes.get(0).event();
    }

    private static int last(List<Take> takes) {
        return takes.isEmpty() ? -1 : takes.get(takes.size() - 1).event();
    }

    /** Start, then the events one by one, then the steps. */
    private static Comparator<Found> order() {
        return (left, right) -> {
            int shorter = Math.min(left.takes().size(), right.takes().size());
            for (int i = 0; i < shorter; i++) {
                int byEvent = Integer.compare(
                        left.takes().get(i).event(), right.takes().get(i).event());
                if (byEvent != 0) {
                    return byEvent;
                }
            }
            int byLength = Integer.compare(left.takes().size(), right.takes().size());
            return byLength != 0 ? byLength : text(left.takes()).compareTo(text(right.takes()));
        };
    }

    private static String text(List<Take> takes) {
        var text = new StringBuilder();
        takes.forEach(take -> text.append(" s").append(take.step()).append('=').append(take.event()));
        return text.toString().strip();
    }
}
