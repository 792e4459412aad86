package io.wellspring.engine;

import io.wellspring.api.Policy;
import io.wellspring.api.SourceOptions;
import io.wellspring.api.Topic;
import io.wellspring.engine.Came.Kind;
import io.wellspring.engine.EventTimeOrder.Turn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How the topics of a {@link Timeline} are read, and what has to become of each record by that.
 *
 * @param latePolicy null where late records are processed
 * @param stagePolicy null where the source's applies
 */
record TimelineRules(boolean inOrder, long latenessMillis, Policy latePolicy, Policy sourcePolicy, Policy stagePolicy) {
    /** What becomes of records, in order: what the stage keeps, what goes to the topic of dead letters and to that of late records. */
    record Expected(List<String> kept, List<String> dead, List<String> late) {
        Expected() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    SourceOptions<Long> options(SourceOptions<Long> options) {
        SourceOptions<Long> chosen =
                options.allowedLateness(Duration.ofMillis(latenessMillis)).onError(sourcePolicy);
        chosen = latePolicy == null ? chosen : chosen.onLate(latePolicy);
        return inOrder ? chosen.inOrder() : chosen;
    }

    /** The order of records in order, or of a single input. */
    List<Turn> turns(List<List<Came>> inputs) {
        return inOrder
                ? EventTimeOrder.byTime(inputs, latenessMillis)
                : EventTimeOrder.byOffset(inputs.get(0), latenessMillis);
    }

    Expected expected(List<Turn> turns, List<Topic<String, Long>> topics) {
        var expected = new Expected();
        for (Turn turn : turns) {
            Came record = turn.came();
            String place = place(topics.get(record.input()).name(), record.offset());
            if (record.readable() && turn.late() && latePolicy != null) {
                send(latePolicy, place, expected.late);
            } else if (!record.readable() || Came.kind(record.value()) == Kind.FAILS) {
                send(policyOf(record), place, expected.dead);
            } else {
                expected.kept.add(place + " " + record.key() + " " + record.value() + (turn.late() ? " late" : ""));
            }
        }
        return expected;
    }

    /** Whose word counts where the record cannot be processed. */
    Policy policyOf(Came record) {
        return record.readable() && stagePolicy != null ? stagePolicy : sourcePolicy;
    }

    private static void send(Policy policy, String place, List<String> letters) {
        if (policy instanceof Policy.DeadLetter) {
            letters.add(place);
        }
    }

    static String place(String topic, long offset) {
        return topic + "@" + offset;
    }
}
