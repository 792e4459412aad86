package io.wellspring.cep;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.error.CorruptException;
import java.time.Instant;
import java.util.List;

/**
 * A pattern that fits the {@link Kernel} as an event-sourced stage: as {@link Matcher}, at a cost per event that does not depend on the
 * window, and with a state that is stored in parts ({@link PartialsFormat}).
 *
 * <p>Deciding asks the predicates that live states look at. If no live state reacts, nothing is journaled; else the event and the bits, and
 * {@link #evolve} steps the kernel again by them without user code. (In the same task it takes what deciding has computed.) Time is not
 * journaled until all of a key is dead: starts leave the window by the time of the next event. One timer for each key looks whether that has
 * come, and if not, waits for the youngest start: once in a window.
 */
@SuppressWarnings("ReferenceEquality") // what was computed holds for these objects, not for others that are like them
final class KernelMatcher<K> implements EventSourced<K, Arrival, Change, PartialMatches> {
    private static final String WINDOW = "window";

    private final String name;
    private final Plan plan;
    private final Evaluation.Constant evaluation;
    private final Kernel kernel;
    private final Predicates predicates;
    /** A key without partial matches, so that events which begin none cost no key. */
    private KeyPartials idle;

    private PartialMatches decidedOn;
    private Change decided;
    private PartialMatches decidedState;

    KernelMatcher(String name, Plan plan, Evaluation.Constant evaluation) {
        this.name = name;
        this.plan = plan;
        this.evaluation = evaluation;
        this.kernel = new Kernel(evaluation.automaton(), evaluation.horizon());
        this.predicates = new Predicates(plan.automaton());
        this.idle = kernel.newLastingKey();
    }

    /** Tables of the kernel are for one thread. */
    @Override
    public EventSourced<K, Arrival, Change, PartialMatches> openTask() {
        return new KernelMatcher<>(name, plan, evaluation);
    }

    @Override
    public PartialMatches initial(K key) {
        return PartialMatches.NONE;
    }

    @Override
    public Effect<Change, PartialMatches> decide(PartialMatches state, Arrival arrival, Context<K> context) {
        long timeMillis = timeMillis(state, context);
        if (timeMillis < state.root().timeMillis() && plan.terms().basis() == TimeBasis.EVENT_TIME) {
            return none().emit(Matcher.LATE, any -> arrival.value());
        }
        KeyPartials key = open(state);
        long bits = predicates.bits(arrival.value(), kernel.tested(key));
        if (!kernel.reacts(key, bits)) {
            return none();
        }
        var moved = new Change.Moved(arrival.source(), timeMillis, arrival.value(), toBytes(bits));
        PartialMatches after = step(key, moved, bits);
        List<Match> matches = MatchList.of(
                plan,
                kernel.completed(),
                key.arena()::event,
                context.key(),
                "Pattern " + name + ", key " + context.key(),
                "It is not taken in");
        Effect<Change, PartialMatches> effect = none();
        if (!isDead(after) || !state.isEmpty()) {
            decidedOn = state;
            decided = moved;
            decidedState = after;
            effect = state.isEmpty() ? waiting(persist(moved), after) : persist(moved);
        }
        return matches.isEmpty() ? effect : effect.emitAll(Matcher.MATCHES, any -> matches);
    }

    @Override
    public Effect<Change, PartialMatches> onTimer(PartialMatches state, String timer, Context<K> context) {
        if (state.isEmpty()) {
            return none();
        }
        long timeMillis = timeMillis(state, context);
        return isDeadAt(state, timeMillis) ? persist(new Change.TimePassed(timeMillis)) : waiting(none(), state);
    }

    @Override
    public PartialMatches evolve(PartialMatches state, Change change) {
        if (change instanceof Change.TimePassed passed) {
            return isDeadAt(state, passed.timeMillis()) ? null : state;
        }
        PartialMatches after;
        if (change == decided && state == decidedOn) {
            after = decidedState;
        } else {
            var moved = (Change.Moved) change;
            after = step(open(state), moved, toBits(moved.answers()));
        }
        decidedOn = null;
        decided = null;
        decidedState = null;
        return isDead(after) ? null : after;
    }

    private KeyPartials open(PartialMatches state) {
        return state == PartialMatches.NONE ? idle : state.open(kernel);
    }

    private PartialMatches step(KeyPartials key, Change.Moved moved, long bits) {
        if (key == idle) {
            idle = kernel.newLastingKey();
        }
        long position = key.position() + 1;
        kernel.step(key, bits, position, moved.timeMillis());
        if (key.arena().newestPosition() == position && !plan.counting()) {
            key.arena().add(new Occurrence(position, moved.timeMillis(), moved.source(), moved.value()));
        }
        return new PartialMatches(key.save(), kernel, key);
    }

    /** Whether no event can add to anything of it: the key is forgotten. */
    private boolean isDead(PartialMatches state) {
        KeyRoot root = state.root();
        return state.isEmpty()
                || (evaluation.horizon() instanceof Horizon.Events window
                        && root.newestStart() <= root.position() + 1 - window.windowEvents());
    }

    private boolean isDeadAt(PartialMatches state, long timeMillis) {
        return isDead(state) || deadlineMillis(state) <= timeMillis;
    }

    /** When the youngest start leaves the window. */
    private long deadlineMillis(PartialMatches state) {
        return evaluation.horizon() instanceof Horizon.Millis window
                ? Time.plus(state.root().newestStartMillis(), window.windowMillis())
                : Time.NEVER;
    }

    /** A key that is forgotten loses its timer. */
    private Effect<Change, PartialMatches> waiting(Effect<Change, PartialMatches> effect, PartialMatches after) {
        long deadlineMillis = deadlineMillis(after);
        if (deadlineMillis == Time.NEVER || isDead(after)) {
            return effect;
        }
        Instant due = Instant.ofEpochMilli(deadlineMillis);
        return inProcessingTime() ? effect.timerAtProcessingTime(WINDOW, due) : effect.timer(WINDOW, due);
    }

    private boolean inProcessingTime() {
        return plan.terms().basis() == TimeBasis.PROCESSING_TIME;
    }

    private long timeMillis(PartialMatches state, Context<K> context) {
        return inProcessingTime()
                ? Math.max(state.root().timeMillis(), context.processingTime().toEpochMilli())
                : context.eventTimeMillis();
    }

    /** Eight bits a byte, the first in the lowest bit; without zeros at the end. */
    private static byte[] toBytes(long bits) {
        var bytes = new byte[(Long.SIZE - Long.numberOfLeadingZeros(bits) + Byte.SIZE - 1) / Byte.SIZE];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (bits >>> (i * Byte.SIZE));
        }
        return bytes;
    }

    private static long toBits(byte[] bytes) {
        if (bytes.length > Long.BYTES) {
            throw new CorruptException("A journaled event of a pattern holds " + bytes.length
                    + " bytes of answers, more than its conditions have: the pattern changed since it was written. Run the version that"
                    + " wrote it, or give the changed pattern a new name");
        }
        long bits = 0;
        for (int i = 0; i < bytes.length; i++) {
            bits |= (bytes[i] & 0xFFL) << (i * Byte.SIZE);
        }
        return bits;
    }
}
