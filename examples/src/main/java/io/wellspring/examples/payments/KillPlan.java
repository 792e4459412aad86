package io.wellspring.examples.payments;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** At how many committed input records the pipeline's process is killed: spread over the input, not quite evenly, by the seed. */
final class KillPlan {
    /** How far a kill may lie from its even place, in parts of the distance between two. */
    private static final double JITTER = 0.2;

    private KillPlan() {}

    static List<Long> of(int kills, long records, long seed) {
        Random random = new Random(seed ^ 0x6B696C6CL);
        List<Long> plan = new ArrayList<>();
        for (int i = 1; i <= kills; i++) {
            double place = (i + (random.nextDouble() - 0.5) * JITTER) / (kills + 1);
            plan.add(Math.max(1, (long) (place * records)));
        }
        return plan;
    }
}
