package io.wellspring.journal;

import io.wellspring.journal.TaskGroups.Task;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Distributes standbys: copies of tasks on other instances than their owner's, at most one of a task on an instance. Where there are too few
 * instances there are fewer copies.
 *
 * <p>Three passes, each in a fixed order:
 *
 * <ol>
 *   <li>a member keeps the standbys it has, of a task with too many those that are furthest;
 *   <li>what is missing goes to a member with the task's state on disk, as long as that one has less than its share, else to whoever has least;
 *       of equal ones to the instance with the fewest standbys of the same owner, so that these spread when it is gone;
 *   <li>while some member has at least two standbys more than another that may take one of them, one moves.
 * </ol>
 *
 * <p>Each step of the third makes the sum of the squared loads smaller, so it ends, and a plan that it has nothing to do with stays as it is. A task
 * that is on its way from one owner to another has its first standby where it goes: so what is there of it stays open until it arrives.
 */
final class StandbyPlan {
    /** The place of a member: whether it takes standbys, what it has open and on disk, what the plan gives it. */
    static final class Seat {
        private final String place;
        private final String home;
        private final boolean[] takesGroup;
        private final boolean willing;
        private final Map<Task, Long> followed;
        private final Collection<Task> local;
        private final SortedSet<Task> standbys = new TreeSet<>();

        Seat(
                String place,
                String home,
                boolean[] takesGroup,
                boolean willing,
                Map<Task, Long> followed,
                Collection<Task> local) {
            this.place = place;
            this.home = home;
            this.takesGroup = takesGroup.clone();
            this.willing = willing;
            this.followed = followed;
            this.local = local;
        }

        private int load() {
            return standbys.size();
        }
    }

    /**
     * Where a task is.
     *
     * @param homes the instances of its owner, or of all that claim it
     * @param next the place it is on its way to; null where it has arrived
     */
    record Whereabouts(Set<String> homes, String next) {}

    private final List<Seat> seats;
    private final SortedMap<Task, Whereabouts> tasks;
    private final Map<Task, Set<String>> homesOfCopies = new HashMap<>();

    private StandbyPlan(List<Seat> seats, SortedMap<Task, Whereabouts> tasks) {
        this.seats = seats;
        this.tasks = tasks;
    }

    /**
     * Makes the plan.
     *
     * @param seats an empty seat for each member, in a fixed order
     * @param copies how many copies of a task there should be
     * @param tasks the tasks that have an owner
     * @return the tasks that each place is to have a standby of
     */
    static Map<String, SortedSet<Task>> of(List<Seat> seats, int copies, SortedMap<Task, Whereabouts> tasks) {
        StandbyPlan made =
                new StandbyPlan(seats.stream().filter(seat -> seat.willing).toList(), tasks);
        made.keep(copies);
        made.place(copies);
        made.balance();
        Map<String, SortedSet<Task>> plan = new TreeMap<>();
        seats.forEach(seat -> plan.put(seat.place, seat.standbys));
        return plan;
    }

    private Set<String> homesOfCopies(Task task) {
        return homesOfCopies.computeIfAbsent(task, none -> new HashSet<>());
    }

    private boolean may(Seat seat, Task task) {
        return seat.takesGroup[task.group()]
                && !tasks.get(task).homes().contains(seat.home)
                && !homesOfCopies(task).contains(seat.home);
    }

    private void give(Task task, Seat seat) {
        seat.standbys.add(task);
        homesOfCopies(task).add(seat.home);
    }

    private void takeAway(Task task, Seat seat) {
        seat.standbys.remove(task);
        homesOfCopies(task).remove(seat.home);
    }

    private void keep(int copies) {
        for (Task task : tasks.keySet()) {
            String next = tasks.get(task).next();
            List<Seat> having = new ArrayList<>(seats.stream()
                    .filter(seat -> seat.followed.containsKey(task) || seat.place.equals(next))
                    .toList());
            having.sort(Comparator.comparing((Seat seat) -> !seat.place.equals(next))
                    .thenComparing(seat -> -seat.followed.getOrDefault(task, 0L)));
            for (Seat seat : having) {
                if (homesOfCopies(task).size() < copies && may(seat, task)) {
                    give(task, seat);
                }
            }
        }
    }

    private void place(int copies) {
        int share = share(copies);
        for (Task task : tasks.keySet()) {
            while (homesOfCopies(task).size() < copies) {
                Seat best = null;
                for (Seat seat : seats) {
                    if (may(seat, task) && (best == null || order(task, share).compare(seat, best) < 0)) {
                        best = seat;
                    }
                }
                if (best == null) {
                    break;
                }
                give(task, best);
            }
        }
    }

    private int share(int copies) {
        int all = 0;
        for (Task task : tasks.keySet()) {
            Set<String> homes = new HashSet<>();
            seats.stream()
                    .filter(seat -> homesOfCopies(task).contains(seat.home) || may(seat, task))
                    .forEach(seat -> homes.add(seat.home));
            all += Math.min(copies, homes.size());
        }
        return (all + seats.size() - 1) / Math.max(1, seats.size());
    }

    private Comparator<Seat> order(Task task, int share) {
        return Comparator.comparing((Seat seat) -> !(seat.local.contains(task) && seat.load() < share))
                .thenComparing(Seat::load)
                .thenComparing(seat -> ofSameOwner(seat, task));
    }

    private long ofSameOwner(Seat seat, Task task) {
        Set<String> owner = tasks.get(task).homes();
        return seats.stream()
                .filter(other -> other.home.equals(seat.home))
                .flatMap(other -> other.standbys.stream())
                .filter(standby -> tasks.get(standby).homes().equals(owner))
                .count();
    }

    /** A step towards balance. */
    private record Move(Task task, Seat from, Seat to) {
        /** From the fullest to the emptiest, and rather what is not open yet, to where it is on disk. */
        private static final Comparator<Move> ORDER = Comparator.comparingInt(
                        (Move move) -> move.to.load() - move.from.load())
                .thenComparing(move -> move.from.followed.containsKey(move.task))
                .thenComparing(move -> !move.to.local.contains(move.task))
                .thenComparing(Move::task, Comparator.reverseOrder());
    }

    private void balance() {
        for (Move move = nextMove(); move != null; move = nextMove()) {
            takeAway(move.task, move.from);
            give(move.task, move.to);
        }
    }

    private Move nextMove() {
        Move best = null;
        for (Seat from : seats) {
            for (Seat to : seats) {
                if (from.load() - to.load() >= 2
                        && (best == null || from.load() - to.load() >= best.from.load() - best.to.load())) {
                    for (Task task : from.standbys) {
                        Move move = new Move(task, from, to);
                        if (isLegal(move) && (best == null || Move.ORDER.compare(move, best) < 0)) {
                            best = move;
                        }
                    }
                }
            }
        }
        return best;
    }

    /** What is on its way to a place stays there. */
    private boolean isLegal(Move move) {
        return !move.from.place.equals(tasks.get(move.task).next())
                && (may(move.to, move.task)
                        || (move.from.home.equals(move.to.home) && move.to.takesGroup[move.task.group()]));
    }
}
