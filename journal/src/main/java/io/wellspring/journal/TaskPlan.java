package io.wellspring.journal;

import io.wellspring.journal.TaskGroups.Task;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Distributes tasks over members: who keeps what, who gets what nobody has, and what has to move so that all have the
 * same.
 *
 * <p>Three passes, each in a fixed order, so that equal input gives an equal plan:
 *
 * <ol>
 *   <li>every task that has an owner stays with it;
 *   <li>every other task goes to the member whose standby of it is furthest, else to one with its state on disk, as long as
 *       that one has less than its share (the tasks divided by the members, rounded up); what is left goes to whoever has least;
 *   <li>while some member has at least two tasks more than another, a task moves from the one with most to the one
 *       with least, if it can one that nobody owned before.
 * </ol>
 *
 * <p>So where every member may take every task, the numbers differ by at most one, and no more owned tasks move than
 * that requires: a plan that was balanced stays as it is; when a member leaves, only its tasks move. And a task that
 * is under way between two members, thus unowned in the second round, never makes another one move: in that round
 * nobody owns more than the plan of the first gave it, so the third pass always finds an unowned task to move.
 */
final class TaskPlan {
    /** The place of a member: what it may take, what it has on disk, what the plan gives it. */
    static final class Seat {
        private final String place;
        private final SortedSet<Task> tasks = new TreeSet<>();
        private final int[] tasksOfGroup;
        private final boolean[] takesGroup;
        private final Collection<Task> local;
        private final Map<Task, Long> followed;

        Seat(String place, boolean[] takesGroup, Collection<Task> local, Map<Task, Long> followed) {
            this.place = place;
            this.takesGroup = takesGroup.clone();
            this.tasksOfGroup = new int[takesGroup.length];
            this.local = local;
            this.followed = followed;
        }

        /** How much of a task's state is missing here: little, something, all of it. */
        private int missing(Task task) {
            return followed.containsKey(task) ? 0 : local.contains(task) ? 1 : 2;
        }

        private boolean takes(Task task) {
            return takesGroup[task.group()];
        }

        private int load() {
            return tasks.size();
        }

        private int loadOf(Task task) {
            return tasksOfGroup[task.group()];
        }

        private void add(Task task) {
            tasks.add(task);
            tasksOfGroup[task.group()]++;
        }

        private void remove(Task task) {
            tasks.remove(task);
            tasksOfGroup[task.group()]--;
        }
    }

    private final List<Seat> seats;
    private final SortedMap<Task, String> owners;
    private final SortedMap<Task, Seat> plan = new TreeMap<>();

    private TaskPlan(List<Seat> seats, SortedMap<Task, String> owners) {
        this.seats = seats;
        this.owners = owners;
    }

    /**
     * Makes the plan.
     *
     * @param seats an empty seat for each member, in a fixed order
     * @param tasks every task
     * @param owners by task the place of its owner, where it has one that may keep it
     * @return by task the place it is to be at, where any member may take it
     */
    static SortedMap<Task, String> of(List<Seat> seats, SortedSet<Task> tasks, SortedMap<Task, String> owners) {
        TaskPlan made = new TaskPlan(seats, owners);
        made.keepOwned();
        made.placeUnowned(tasks);
        made.balance();
        SortedMap<Task, String> places = new TreeMap<>();
        made.plan.forEach((task, seat) -> places.put(task, seat.place));
        return places;
    }

    private void keepOwned() {
        Map<String, Seat> byPlace = new HashMap<>();
        seats.forEach(seat -> byPlace.put(seat.place, seat));
        owners.forEach((task, place) -> give(task, byPlace.get(place)));
    }

    private void give(Task task, Seat seat) {
        Seat before = plan.put(task, seat);
        if (before != null) {
            before.remove(task);
        }
        seat.add(task);
    }

    private void placeUnowned(SortedSet<Task> tasks) {
        if (seats.isEmpty()) {
            return;
        }
        int share = (tasks.size() + seats.size() - 1) / seats.size();
        List<Task> homeless = new ArrayList<>();
        for (Task task : tasks) {
            if (!owners.containsKey(task)) {
                Seat near = furthest(task, share);
                if (near == null) {
                    near = least(task, seat -> seat.local.contains(task) && seat.load() < share);
                }
                if (near == null) {
                    homeless.add(task);
                } else {
                    give(task, near);
                }
            }
        }
        for (Task task : homeless) {
            Seat seat = least(task, any -> true);
            if (seat != null) {
                give(task, seat);
            }
        }
    }

    /** Of those that have a standby of the task and not their share yet the one that has read most. */
    private Seat furthest(Task task, int share) {
        Seat best = null;
        for (Seat seat : seats) {
            if (seat.takes(task)
                    && seat.followed.containsKey(task)
                    && seat.load() < share
                    && (best == null || seat.followed.get(task) > best.followed.get(task))) {
                best = seat;
            }
        }
        return best;
    }

    /**
     * Of those that may take the task the one with the fewest tasks, then with the fewest of its group, then the
     * first.
     */
    private Seat least(Task task, Predicate<Seat> allowed) {
        Seat best = null;
        for (Seat seat : seats) {
            if (seat.takes(task) && allowed.test(seat) && (best == null || isLess(seat, best, task))) {
                best = seat;
            }
        }
        return best;
    }

    private static boolean isLess(Seat seat, Seat than, Task task) {
        return seat.load() < than.load() || (seat.load() == than.load() && seat.loadOf(task) < than.loadOf(task));
    }

    private void balance() {
        Move move = nextMove();
        while (move != null) {
            give(move.task, move.to);
            move = nextMove();
        }
    }

    /** A step towards balance; each makes the sum of the squared loads smaller, so there are finitely many. */
    private record Move(Task task, Seat from, Seat to, boolean moves, int missing) {
        /**
         * The best move: from the fullest to the emptiest, unowned first, then to its state, then evening out its
         * group.
         */
        private static final Comparator<Move> ORDER = Comparator.comparingInt(
                        (Move move) -> move.to.load() - move.from.load())
                .thenComparing(Move::moves)
                .thenComparingInt(Move::missing)
                .thenComparingInt(move -> move.to.loadOf(move.task) - move.from.loadOf(move.task))
                .thenComparing(Move::task, Comparator.reverseOrder());
    }

    private Move nextMove() {
        Move best = null;
        int widest = seats.stream().mapToInt(Seat::load).max().orElse(0)
                - seats.stream().mapToInt(Seat::load).min().orElse(0);
        for (int gap = widest; gap >= 2 && best == null; gap--) {
            for (Seat from : seats) {
                for (Seat to : seats) {
                    if (from.load() - to.load() == gap) {
                        best = better(best, bestBetween(from, to));
                    }
                }
            }
        }
        return best;
    }

    private Move bestBetween(Seat from, Seat to) {
        Move best = null;
        for (Task task : from.tasks) {
            if (to.takes(task)) {
                best = better(best, new Move(task, from, to, owners.containsKey(task), to.missing(task)));
            }
        }
        return best;
    }

    private static Move better(Move one, Move other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return Move.ORDER.compare(other, one) < 0 ? other : one;
    }
}
