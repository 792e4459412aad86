package io.wellspring.cep;

import io.wellspring.api.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/** The matches that the kernel has completed, as a stage or an application sees them. */
final class MatchList {
    private static final int MOST_LISTED = 100_000;

    private MatchList() {}

    /**
     * The matches of an event in the order in which they are reported, no more than the pattern allows.
     *
     * @param events gives the event at a position
     * @param whose what begins the message when there are too many
     * @param outcome what becomes of the event then
     */
    static List<Match> of(
            Plan plan, Completed completed, LongFunction<Occurrence> events, Object key, String whose, String outcome) {
        if (completed.isEmpty()) {
            return List.of();
        }
        if (plan.counting()) {
            return List.of(new Match(plan.steps(), null, key, completed.count()));
        }
        List<Partial> found = new ArrayList<>();
        completed.forEach(MOST_LISTED + 1L, match -> {
            Partial taken = null;
            for (int i = 0; i < match.length(); i++) {
                taken = new Partial(taken, Evaluation.stepOf(match.mark(i)), events.apply(match.position(i)));
            }
            return found.add(taken);
        });
        if (found.size() > MOST_LISTED) {
            throw new ConfigException(whose + " (" + plan.steps().names() + "): an event completes " + completed.count()
                    + " matches, more than the " + MOST_LISTED + " that are listed. " + outcome
                    + ". Shorten the window, prefer followedBy to followedByAny, or finish the pattern with count()");
        }
        found.sort(Partial::compareMatches);
        int most = Math.min(found.size(), plan.terms().maxMatchesPerEvent());
        return found.subList(0, most).stream()
                .map(taken -> new Match(plan.steps(), taken, key))
                .toList();
    }
}
