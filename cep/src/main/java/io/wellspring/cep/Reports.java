package io.wellspring.cep;

import io.wellspring.api.error.ConfigException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Which matches are reported, and what they leave. Without a skip strategy all of them, and nothing is dropped. With one they wait in the
 * order of {@link Partial#compareMatches}; the first is reported unless a run lives that started strictly earlier, since that one
 * could still become a match that drops it (emitNow does not wait); then it drops what the strategy says, and so on.
 */
record Reports(List<Run> runs, List<Partial> held, List<Partial> reported) {
    static Reports of(Plan plan, List<Run> runs, List<Partial> held, Collection<Partial> completed) {
        var waiting = new ArrayList<>(held);
        waiting.addAll(completed);
        waiting.sort(Partial::compareMatches);
        if (plan.terms().skip().kind() == Skip.Kind.NONE) {
            return new Reports(List.copyOf(runs), List.of(), limited(plan, waiting));
        }
        var alive = new ArrayList<>(runs);
        var reported = new ArrayList<Partial>();
        boolean waits = !plan.terms().skip().emitNow();
        while (!waiting.isEmpty() && !(waits && isHeldBack(waiting.get(0), alive))) {
            Partial match = waiting.remove(0);
            reported.add(match);
            long from = firstStartKept(plan, match);
            alive.removeIf(run -> run.taken().first().position() < from);
            waiting.removeIf(other -> other.first().position() < from);
        }
        return new Reports(List.copyOf(alive), List.copyOf(waiting), limited(plan, reported));
    }

    private static List<Partial> limited(Plan plan, List<Partial> reported) {
        int most = plan.counting() ? reported.size() : plan.terms().maxMatchesPerEvent();
        return reported.size() <= most ? reported : reported.subList(0, most);
    }

    private static boolean isHeldBack(Partial match, List<Run> alive) {
        for (Run run : alive) {
            if (Partial.compareStarts(run.taken(), match) < 0) {
                return true;
            }
        }
        return false;
    }

    /** The position from which on the starts of others survive the match. */
    private static long firstStartKept(Plan plan, Partial match) {
        return switch (plan.terms().skip().kind()) {
            case NONE -> Long.MIN_VALUE;
            case TO_NEXT -> match.first().position() + 1;
            case PAST_LAST_EVENT -> match.event().position() + 1;
            case TO_FIRST, TO_LAST -> positionOfStep(plan, match);
        };
    }

    private static long positionOfStep(Plan plan, Partial match) {
        Partial found = null;
        for (Partial at = match; at != null; at = at.parent()) {
            if (at.step() == plan.skipStep()
                    && (found == null || plan.terms().skip().kind() == Skip.Kind.TO_FIRST)) {
                found = at;
            }
        }
        boolean fails = plan.terms().skip().ifMissing() == IfMissing.FAIL;
        if (found == null && fails) {
            throw new ConfigException(
                    "Cannot skip to step '" + plan.terms().skip().step().name()
                            + "': a match has no event of it. Skip to a step that is not optional, or use IfMissing.KEEP_ALL");
        }
        if (found != null && fails && found.parent() == null) {
            throw new ConfigException(
                    "Cannot skip to step '" + plan.terms().skip().step().name()
                            + "': a match begins with that event, so nothing would be skipped. Use skipToNext, or IfMissing.KEEP_ALL");
        }
        return found == null ? Long.MIN_VALUE : found.event().position();
    }
}
