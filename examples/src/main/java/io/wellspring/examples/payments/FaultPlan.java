package io.wellspring.examples.payments;

import io.wellspring.examples.payments.Fault.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Which faults come when, drawn from a seed: a pure function, so that a run that failed can be made again, as far as machines do the same thing
 * twice. The kinds come from a deck of cards that is shuffled anew when it is through, so a short run sees nearly all of them; the pauses between
 * them, the engines and the lengths are random.
 *
 * <p>Nothing that is away is hurt again before it is back, but all engines may be away at once, and the broker with them. An engine may be hurt again
 * while it still starts or recovers.
 */
final class FaultPlan {
    private static final int LEAST_PAUSE_MILLIS = 1_000;
    private static final int MOST_PAUSE_MILLIS = 10_000;
    /** Before this an engine that was started again cannot have joined, so that a fault would hit nothing but a JVM's start. */
    private static final long ENGINE_START_MILLIS = 1_000;
    /** What an orderly end takes. */
    private static final long ENGINE_END_MILLIS = 3_000;

    /** What the broker needs to come back, and the engines to notice. */
    private static final long BROKER_START_MILLIS = 12_000;

    private final Settings settings;
    private final Random random;
    private final long[] engineFreeMillis;
    private final List<Kind> deck = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private long brokerFreeMillis;

    private FaultPlan(Settings settings) {
        this.settings = settings;
        this.random = new Random(settings.seed() ^ 0x746F7274L);
        this.engineFreeMillis = new long[settings.engines()];
    }

    /**
     * What the plan depends on.
     *
     * @param seed of all choices
     * @param lasting how long faults are made; everything is back before that
     * @param engines how many there are
     * @param session the engines' session timeout
     * @param signals whether processes can be stopped and continued
     */
    record Settings(long seed, Duration lasting, int engines, Duration session, boolean signals) {}

    static List<Fault> of(Settings settings) {
        return new FaultPlan(settings).draw();
    }

    private List<Fault> draw() {
        long endMillis = settings.lasting().toMillis();
        long atMillis = between(LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS);
        while (atMillis < endMillis) {
            add(card(), atMillis, endMillis);
            atMillis += between(LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS);
        }
        return List.copyOf(faults);
    }

    private Kind card() {
        if (deck.isEmpty()) {
            for (Kind kind : Kind.values()) {
                if (settings.signals() || !kind.needsSignals()) {
                    deck.addAll(Collections.nCopies(kind.weight(), kind));
                }
            }
            Collections.shuffle(deck, random);
        }
        return deck.remove(deck.size() - 1);
    }

    private void add(Kind kind, long atMillis, long endMillis) {
        long awayMillis = awayMillis(kind);
        if (kind.ofBroker()) {
            long backMillis = atMillis + awayMillis + BROKER_START_MILLIS;
            if (atMillis >= brokerFreeMillis && backMillis <= endMillis) {
                brokerFreeMillis = backMillis;
                faults.add(new Fault(atMillis, kind, Fault.BROKER, awayMillis));
            }
            return;
        }
        int[] free = IntStream.range(0, settings.engines())
                .filter(engine -> engineFreeMillis[engine] <= atMillis)
                .toArray();
        long backMillis = atMillis + awayMillis + (kind == Kind.RESTART || kind == Kind.LEAVE ? ENGINE_END_MILLIS : 0);
        if (free.length > 0 && backMillis <= endMillis) {
            int engine = free[random.nextInt(free.length)];
            engineFreeMillis[engine] = backMillis + ENGINE_START_MILLIS;
            faults.add(new Fault(atMillis, kind, engine, awayMillis));
        }
    }

    private long awayMillis(Kind kind) {
        int session = Math.toIntExact(settings.session().toMillis());
        return switch (kind) {
            case KILL -> between(0, 2 * session / 3);
            case STALL -> between(200, session / 2);
            case LONG_STALL -> between(session + session / 3, 2 * session);
            case RESTART -> between(0, 2_000);
            case LEAVE -> between(1_000, 10_000);
            case BROKER_STOP, BROKER_KILL -> between(0, 5_000);
        };
    }

    private long between(int least, int most) {
        return (long) least + random.nextInt(most - least + 1);
    }
}
