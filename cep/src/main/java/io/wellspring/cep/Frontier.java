package io.wellspring.cep;

import io.wellspring.cep.Block.Item;
import io.wellspring.cep.Wait.Greedy;
import io.wellspring.cep.Wait.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
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
 *   <li>A greedy loop guards every wait behind it, with all that could begin it once more; the end of the pattern is exempt.
 *   <li>A reluctant loop is the mirror image: its copies beyond those it must have are guarded by all that may come behind it.
 *   <li>Of several ways of which one is taken, none passes over what could begin another.
 * </ul>
 */
final class Frontier {
    private final Function<Part, Integer> conditions;
    private final Function<Part, Integer> untils;
    private final Set<Place> entered = new HashSet<>();
    private final Set<Integer> passedNotNext = new TreeSet<>();
    private final List<Wait> waits = new ArrayList<>();
    private final boolean probing;
    private boolean accepts;

    private Frontier(Function<Part, Integer> conditions, Function<Part, Integer> untils, boolean probing) {
        this.conditions = conditions;
        this.untils = untils;
        this.probing = probing;
    }

    /**
     * The guards gathered so far.
     *
     * @param leaving by copy of a reluctant loop, what ends the loop instead of beginning that copy; holds inside the copy only
     */
    private record Gathered(
            Set<Integer> absent, List<Greedy> greedy, Map<Place, Set<Integer>> leaving, long gapMillis) {
        static final Gathered NOTHING = new Gathered(Set.of(), List.of(), Map.of(), Time.NEVER);

        Gathered leaving(Place copy, Set<Integer> conditions) {
            var more = new HashMap<>(leaving);
            more.put(copy, conditions);
            return new Gathered(absent, greedy, more, gapMillis);
        }

        Gathered behind(Place copy) {
            if (!leaving.containsKey(copy)) {
                return this;
            }
            var fewer = new HashMap<>(leaving);
            fewer.remove(copy);
            return new Gathered(absent, greedy, fewer, gapMillis);
        }

        Gathered absence(int condition) {
            return new Gathered(Wait.union(absent, List.of(condition)), greedy, leaving, gapMillis);
        }

        Gathered greedy(Greedy loop) {
            if (greedy.contains(loop)) {
                return this;
            }
            var longer = new ArrayList<>(greedy);
            longer.add(loop);
            return new Gathered(absent, List.copyOf(longer), leaving, gapMillis);
        }

        Gathered gap(long millis) {
            return new Gathered(absent, greedy, leaving, millis);
        }
    }

    static Frontier ofBegin(Block root, Function<Part, Integer> conditions, Function<Part, Integer> untils) {
        var frontier = new Frontier(conditions, untils, false);
        frontier.enter(null, root, 0, Link.BEGIN, Gathered.NOTHING);
        return frontier;
    }

    static Frontier after(Place taken, Function<Part, Integer> conditions, Function<Part, Integer> untils) {
        var frontier = new Frontier(conditions, untils, false);
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
        if (block.anyOrder()) {
            enterAnyOrder(parent, block, 0, first, gathered);
            return;
        }
        Gathered now = gathered;
        Link link = first;
        for (int i = from; i < block.size(); i++) {
            Item item = block.item(i);
            switch (item.link()) {
                case NOT_NEXT -> passedNotNext.add(conditions.apply(item.part()));
                case NOT_FOLLOWED_BY -> now = now.absence(conditions.apply(item.part()));
                default -> {
                    var place = new Place(parent, block, i, 1, 0);
                    boolean optional = item.quantifier().optional();
                    enterCopy(place, link == null ? item.link() : link, optional ? reluctantly(place, now) : now);
                    if (!optional) {
                        return;
                    }
                    now = behindGreedy(place, now);
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
            List<Walk> ways = new ArrayList<>();
            group.blocks().forEach(block -> ways.add(() -> enter(place, block, 0, link, gathered.gap(gap))));
            walkAsOne(place, ways);
        } else {
            waits.add(waitFor(place, link, gathered, gap));
        }
    }

    /** A way to go on. */
    private interface Walk {
        void go();
    }

    /** Walks ways of which one will be taken: none of them passes over what could begin another. */
    private void walkAsOne(Place around, List<Walk> ways) {
        int before = waits.size();
        var begins = new ArrayList<Set<Integer>>();
        var ends = new ArrayList<Integer>();
        for (Walk way : ways) {
            int from = waits.size();
            way.go();
            begins.add(conditionsWithin(around, waits.subList(from, waits.size())));
            ends.add(waits.size());
        }
        for (int way = 0, i = before; ways.size() > 1 && way < ways.size(); way++) {
            Set<Integer> others = new TreeSet<>();
            for (int other = 0; other < ways.size(); other++) {
                if (other != way) {
                    others.addAll(begins.get(other));
                }
            }
            for (; i < ends.get(way); i++) {
                Wait wait = waits.get(i);
                if (wait.link() == Link.FOLLOWED_BY
                        && wait.place() != null
                        && wait.place().isWithin(around)) {
                    waits.set(i, wait.besides(others));
                }
            }
        }
    }

    private Set<Integer> conditionsWithin(Place around, List<Wait> some) {
        Set<Integer> all = new TreeSet<>();
        for (Wait wait : some) {
            if (wait.place() != null && (around == null || wait.place().isWithin(around))) {
                all.add(conditions.apply(wait.place().item().part()));
            }
        }
        return all;
    }

    /** What is missing of a block in any order; without anything that must come, what follows the group. */
    private void enterAnyOrder(Place parent, Block block, int done, Link link, Gathered gathered) {
        List<Place> missing = new ArrayList<>();
        for (int i = 0; i < block.size(); i++) {
            if ((done >> i & 1) == 0) {
                missing.add(new Place(parent, block, i, 1, done));
            }
        }
        boolean enough =
                missing.stream().allMatch(place -> place.item().quantifier().optional());
        List<Walk> ways = new ArrayList<>();
        Gathered leaving = gathered;
        for (Place place : missing) {
            Gathered into =
                    enough ? reluctantly(place, gathered, probe -> probe.leave(parent, Gathered.NOTHING)) : gathered;
            ways.add(() -> enterCopy(place, link, into));
            leaving = behindGreedy(place, leaving);
        }
        walkAsOne(parent, ways);
        if (enough) {
            leave(parent, leaving.gap(Time.NEVER));
        }
    }

    /** One copy is complete: another one may come, and if there were enough, what follows. A copy without events is not repeated. */
    private void leave(Place place, Gathered before) {
        Gathered gathered = before.behind(place);
        Item item = place.item();
        Quantifier quantifier = item.quantifier();
        boolean empty = entered.contains(place);
        boolean enough = empty || place.copy() >= quantifier.from();
        if (!empty && place.copy() < quantifier.to()) {
            int next = quantifier.nextCopy(place.copy());
            Place copy = place.copy(next);
            enterCopy(copy, quantifier.copies(), enough ? reluctantly(copy, gathered) : gathered);
        }
        if (enough) {
            goOnBehind(place, behindGreedy(place, gathered));
        }
    }

    private void goOnBehind(Place place, Gathered gathered) {
        if (place.block().anyOrder()) {
            int done = place.done() | 1 << place.index();
            enterAnyOrder(place.parent(), place.block(), done, Link.FOLLOWED_BY, gathered);
        } else {
            enter(place.parent(), place.block(), place.index() + 1, null, gathered);
        }
    }

    private Gathered behindGreedy(Place place, Gathered gathered) {
        Part part = place.item().part();
        Gathered now = gathered;
        if (!probing && place.item().quantifier().greedy()) {
            Frontier probe = probe();
            Place first = place.copy(1);
            probe.enterCopy(first, Link.NEXT, Gathered.NOTHING);
            for (int begins : conditionsWithin(first, probe.waits)) {
                now = now.greedy(new Greedy(begins, untils.apply(part)));
            }
        }
        return now;
    }

    private Gathered reluctantly(Place place, Gathered gathered) {
        return reluctantly(place, gathered, probe -> probe.goOnBehind(place, Gathered.NOTHING));
    }

    /** The guards of a copy that a reluctant loop need not have: none of what may come behind the loop. */
    private Gathered reluctantly(Place place, Gathered gathered, Consumer<Frontier> behind) {
        if (probing || !place.item().quantifier().reluctant()) {
            return gathered;
        }
        Frontier probe = probe();
        behind.accept(probe);
        return gathered.leaving(place, conditionsWithin(null, probe.waits));
    }

    /** Walks ahead to see which steps may come; nothing is kept of its guards. */
    private Frontier probe() {
        var probe = new Frontier(conditions, untils, true);
        probe.entered.addAll(entered);
        return probe;
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
                Set.of(),
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
        gathered.leaving().values().forEach(until::addAll);
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
        return new Wait(leaf, link, Set.of(), absent, Set.of(), until, untilTake, gathered.greedy(), gap);
    }

    /** The absences directly behind a part; behind the last part of a group those behind the group. */
    private void addAbsencesBehind(Place place, Set<Integer> absent) {
        int i = place.block().anyOrder() ? place.block().size() : place.index() + 1;
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
