package io.wellspring.cep;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an automaton state stands for while it is built: a place in the unrolled pattern, how it is waited for, and the guards that the
 * way there laid on it. Equal ones become one state.
 *
 * @param place the copy that is waited for, or null behind the last part (an absence at the end)
 * @param link how events before it are treated
 * @param others conditions of what might come instead: such events are not passed over by {@link Link#FOLLOWED_BY}
 * @param absent conditions that no event may fulfil, neither the taken one nor those passed over
 * @param absentOnce the same for the next event only
 * @param until the same, from loops that are to end
 * @param untilTake conditions that the taken event must not fulfil
 * @param greedy loops behind which this waits: their events end the run
 * @param gapMillis bound on the time since the run's last event
 */
record Wait(
        Place place,
        Link link,
        Set<Integer> others,
        Set<Integer> absent,
        Set<Integer> absentOnce,
        Set<Integer> until,
        Set<Integer> untilTake,
        List<Greedy> greedy,
        long gapMillis) {
    /**
     * A greedy loop that was left or left out.
     *
     * @param taken the condition of its events
     * @param until the condition that lifts the guard, or -1
     */
    record Greedy(int taken, int until) {}

    /**
     * A copy of an item in the unrolled pattern.
     *
     * @param parent the copy of the group around it, or null
     * @param copy from 1; the last copy of an unbounded loop follows itself
     * @param done in a block in any order, a bit for each item that came before this one
     */
    record Place(Place parent, Block block, int index, int copy, int done) {
        Place copy(int other) {
            return new Place(parent, block, index, other, done);
        }

        boolean isWithin(Place other) {
            return equals(other) || (parent != null && parent.isWithin(other));
        }

        Block.Item item() {
            return block.item(index);
        }
    }

    /** As it waits after an event was passed over. */
    Wait passed(Collection<Greedy> lifted) {
        var left = new ArrayList<>(greedy);
        left.removeAll(lifted);
        return new Wait(place, link, others, absent, Set.of(), until, untilTake, List.copyOf(left), gapMillis);
    }

    /**
     * As it waits for the first event of a match: nothing is passed over, since every event may begin one, and nothing came before from
     * which on something could be absent.
     */
    Wait asBegin() {
        return new Wait(place, Link.BEGIN, Set.of(), Set.of(), Set.of(), until, untilTake, greedy, Time.NEVER);
    }

    Wait besides(Collection<Integer> more) {
        return new Wait(place, link, union(others, more), absent, absentOnce, until, untilTake, greedy, gapMillis);
    }

    Wait absentOnce(Collection<Integer> more) {
        return more.isEmpty()
                ? this
                : new Wait(place, link, others, absent, union(absentOnce, more), until, untilTake, greedy, gapMillis);
    }

    static Set<Integer> union(Collection<Integer> left, Collection<Integer> right) {
        var all = new TreeSet<>(left);
        all.addAll(right);
        return all;
    }
}
