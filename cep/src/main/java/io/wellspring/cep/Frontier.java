package io.wellspring.cep;

import io.wellspring.cep.Block.Item;
import io.wellspring.cep.Wait.Greedy;
import io.wellspring.cep.Wait.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Everything that may come next after one take: a walk over the unrolled pattern along the ways that need no event (leaving a loop,
 * leaving out what is optional, passing an absence), which gathers the guards it passes.
 *
 * <ul>
 *   <li>Each thing that may come next is a wait of its own, with its own contiguity.
 *   <li>An absence that the walk passes guards every wait behind it, so it holds over optional steps until one takes.
 *   <li>{@code notFollowedBy} behind a loop also guards the loop's further copies; {@code notNext} guards whatever the take leads to,
 *       for one event.
 *   <li>A greedy loop guards every wait behind it; the end of the pattern is exempt.
 * </ul>
 */
final class Frontier {
    private final Function<Part, Integer> conditions;
    private final Function<Part, Integer> untils;
    private final Set<Place> entered = new HashSet<>();
    private final Set<Integer> passedNotNext = new TreeSet<>();
    private final Set<Wait> waits = new LinkedHashSet<>();
    private boolean accepts;

    private Frontier(Function<Part, Integer> conditions, Function<Part, Integer> untils) {
        this.conditions = conditions;
        this.untils = untils;
    }

    /** The guards gathered so far. */
    private record Gathered(Set<Integer> absent, List<Greedy> greedy, long gapMillis) {
        static final Gathered NOTHING = new Gathered(Set.of(), List.of(), Time.NEVER);

        Gathered absence(int condition) {
            return new Gathered(Wait.union(absent, List.of(condition)), greedy, gapMillis);
        }

        Gathered greedy(Greedy loop) {
            if (greedy.contains(loop)) {
                return this;
            }
            var longer = new ArrayList<>(greedy);
            longer.add(loop);
            return new Gathered(absent, List.copyOf(longer), gapMillis);
        }

        Gathered gap(long millis) {
            return new Gathered(absent, greedy, millis);
        }
    }

    static Frontier ofBegin(Block root, Function<Part, Integer> conditions, Function<Part, Integer> untils) {
        var frontier = new Frontier(conditions, untils);
        frontier.enter(null, root, 0, Link.BEGIN, Gathered.NOTHING);
        return frontier;
    }

    static Frontier after(Place taken, Function<Part, Integer> conditions, Function<Part, Integer> untils) {
        var frontier = new Frontier(conditions, untils);
        frontier.leave(taken, Gathered.NOTHING);
        return frontier;
    }

    boolean accepts() {
        return accepts;
    }

    List<Wait> waits() {
        return waits.stream()
                .map(wait -> wait.absentOnce(passedNotNext))
                .distinct()
                .toList();
    }

    /** Walks into the items from an index on; the first of them follows in the given way, those behind an optional one in their own. */
    private void enter(Place parent, Block block, int from, Link first, Gathered gathered) {
        Gathered now = gathered;
        Link link = first;
        for (int i = from; i < block.size(); i++) {
            Item item = block.item(i);
            switch (item.link()) {
                case NOT_NEXT -> passedNotNext.add(conditions.apply(item.part()));
                case NOT_FOLLOWED_BY -> now = now.absence(conditions.apply(item.part()));
                default -> {
                    enterCopy(new Place(parent, block, i, 1), link == null ? item.link() : link, now);
                    if (!item.quantifier().optional()) {
                        return;
                    }
                    now = behindGreedy(item, now);
                    link = null;
                }
            }
        }
        if (parent != null) {
            leave(parent, now.gap(Time.NEVER));
        } else {
            end(block, now);
        }
    }

    private void enterCopy(Place place, Link link, Gathered gathered) {
        Item item = place.item();
        long gap = place.copy() == 1 ? Math.min(gathered.gapMillis(), item.gapMillis()) : gathered.gapMillis();
        entered.add(place);
        if (item.part() instanceof Group group) {
            enter(place, group.block(), 0, link, gathered.gap(gap));
        } else {
            waits.add(waitFor(place, link, gathered, gap));
        }
    }

    /** One copy is complete: another one may come, and if there were enough, what follows. A copy without events is not repeated. */
    private void leave(Place place, Gathered gathered) {
        Item item = place.item();
        Quantifier quantifier = item.quantifier();
        boolean empty = entered.contains(place);
        if (!empty && place.copy() < quantifier.to()) {
            int next = quantifier.nextCopy(place.copy());
            enterCopy(new Place(place.parent(), place.block(), place.index(), next), quantifier.copies(), gathered);
        }
        if (empty || place.copy() >= quantifier.from()) {
            enter(place.parent(), place.block(), place.index() + 1, null, behindGreedy(item, gathered));
        }
    }

    private Gathered behindGreedy(Item item, Gathered gathered) {
        if (!item.quantifier().choosesMore()) {
            return gathered;
        }
        return gathered.greedy(new Greedy(conditions.apply(item.part()), untils.apply(item.part())));
    }

    /** The end of the pattern: a match, unless an absence is to be awaited first. */
    private void end(Block root, Gathered gathered) {
        Item last = root.item(root.size() - 1);
        if (!last.link().negated()) {
            accepts = true;
            return;
        }
        waits.add(new Wait(
                null,
                last.link(),
                gathered.absent(),
                Set.of(),
                Set.of(),
                Set.of(),
                gathered.greedy(),
                last.link() == Link.NOT_FOLLOWED_BY ? last.gapMillis() : Time.NEVER));
    }

    private Wait waitFor(Place leaf, Link link, Gathered gathered, long entryGapMillis) {
        Set<Integer> absent = new TreeSet<>(gathered.absent());
        Set<Integer> until = new TreeSet<>();
        Set<Integer> untilTake = new TreeSet<>();
        long gap = entryGapMillis;
        for (Place place = leaf; place != null; place = place.parent()) {
            Item item = place.item();
            boolean loopBegan = place.copy() >= 2 || !entered.contains(place);
            if (loopBegan) {
                gap = Math.min(gap, item.quantifier().windowMillis());
            }
            if (place.copy() >= 2) {
                addAbsencesBehind(place, absent);
            }
            int end = untils.apply(item.part());
            boolean firstOfLoop = item.part() instanceof Step<?> && place.copy() == 1;
            if (end >= 0) {
                (firstOfLoop ? untilTake : until).add(end);
            }
        }
        return new Wait(leaf, link, absent, Set.of(), until, untilTake, gathered.greedy(), gap);
    }

    /** The absences directly behind a part; behind the last part of a group those behind the group. */
    private void addAbsencesBehind(Place place, Set<Integer> absent) {
        int i = place.index() + 1;
        for (; i < place.block().size() && place.block().item(i).link().negated(); i++) {
            if (place.block().item(i).link() == Link.NOT_FOLLOWED_BY) {
                absent.add(conditions.apply(place.block().item(i).part()));
            }
        }
        if (i == place.block().size() && place.parent() != null) {
            addAbsencesBehind(place.parent(), absent);
        }
    }
}
