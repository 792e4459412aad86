package io.wellspring.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * In which order records of a partition go on, and which of them are late, by the definitions of {@link io.wellspring.api.SourceOptions}: a plain
 * run over complete logs, which knows neither transactions nor crashes, nor inputs that rest.
 */
final class EventTimeOrder {
    private final List<List<Came>> inputs;
    private final long latenessMillis;
    private final long[] seenMillis;
    private final int[] next;
    private final List<Turn> turns = new ArrayList<>();

    /** A record whose turn it is, and whether it comes behind the watermark. */
    record Turn(Came came, boolean late) {}

    private EventTimeOrder(List<List<Came>> inputs, long latenessMillis) {
        this.inputs = inputs;
        this.latenessMillis = latenessMillis;
        this.seenMillis = new long[inputs.size()];
        this.next = new int[inputs.size()];
        Arrays.fill(seenMillis, Long.MIN_VALUE);
    }

    /** One input by offset. */
    static List<Turn> byOffset(List<Came> input, long latenessMillis) {
        List<Turn> turns = new ArrayList<>();
        long watermark = Long.MIN_VALUE;
        for (Came came : input) {
            turns.add(new Turn(came, came.readable() && came.timeMillis() < watermark));
            if (came.readable()) {
                watermark = Math.max(watermark, came.timeMillis() - latenessMillis);
            }
        }
        return turns;
    }

    /** One input by offset, none of whose records is behind another one. */
    static List<Turn> noneLate(List<Came> input) {
        return input.stream().map(came -> new Turn(came, false)).toList();
    }

    /** Inputs by event time, each record not before the watermark has reached it; those for which it does not are left out. */
    static List<Turn> byTime(List<List<Came>> inputs, long latenessMillis) {
        var order = new EventTimeOrder(inputs, latenessMillis);
        order.merge();
        return order.turns;
    }

    private void merge() {
        List<Came> waiting = new ArrayList<>();
        long watermark = Long.MIN_VALUE;
        for (int input = slowest(); next[input] < inputs.get(input).size(); input = slowest()) {
            Came came = inputs.get(input).get(next[input]++);
            if (!came.readable()) {
                turn(came, false);
            } else if (came.timeMillis() < watermark) {
                turn(came, true);
            } else {
                see(came);
                waiting.add(came);
                watermark = Math.max(watermark, reached(slowest()));
                long reached = watermark;
                waiting.stream()
                        .filter(each -> each.timeMillis() <= reached)
                        .sorted(Comparator.comparingLong(Came::timeMillis)
                                .thenComparingInt(Came::input)
                                .thenComparingLong(Came::offset))
                        .forEach(each -> turn(each, false));
                waiting.removeIf(each -> each.timeMillis() <= reached);
            }
        }
    }

    private void turn(Came came, boolean late) {
        turns.add(new Turn(came, late));
    }

    private void see(Came came) {
        seenMillis[came.input()] = Math.max(seenMillis[came.input()], came.timeMillis());
    }

    /** How far an input lets the watermark come. */
    private long reached(int input) {
        return seenMillis[input] == Long.MIN_VALUE ? Long.MIN_VALUE : seenMillis[input] - latenessMillis;
    }

    /** The input that holds the watermark back, of which the next record is taken in. */
    private int slowest() {
        int slowest = 0;
        for (int input = 1; input < inputs.size(); input++) {
            if (reached(input) < reached(slowest)) {
                slowest = input;
            }
        }
        return slowest;
    }
}
