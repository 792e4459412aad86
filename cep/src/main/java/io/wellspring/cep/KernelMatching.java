package io.wellspring.cep;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Matches keys by the {@link Kernel}: asks the predicates that the key's live states look at, steps, and keeps the event if a node names it.
 * An event that no step takes allocates nothing once its key is known.
 */
final class KernelMatching<K> implements KeyedMatching<K> {
    private final Plan plan;
    private final Kernel kernel;
    private final boolean windowed;
    private final TimeBasis basis;
    private final Predicates predicates;
    private final BiConsumer<? super K, ? super Match> matches;
    private final Map<K, Key> keys = new HashMap<>();
    private long nowMillis = Long.MIN_VALUE;

    KernelMatching(Plan plan, Evaluation.Constant evaluation, BiConsumer<? super K, ? super Match> matches) {
        this.plan = plan;
        this.kernel = new Kernel(evaluation.automaton(), evaluation.horizon());
        this.windowed = !(evaluation.horizon() instanceof Horizon.Unbounded);
        this.basis = plan.terms().basis();
        this.predicates = new Predicates(plan.automaton());
        this.matches = matches;
    }

    /** A key: its partial matches and the events that they name. */
    private static final class Key {
        private final KeyPartials partials;
        private final TakenEvents events = new TakenEvents();
        private long firstSegment;
        private long newestMillis = Long.MIN_VALUE;

        private Key(KeyPartials partials) {
            this.partials = partials;
        }
    }

    @Override
    public boolean event(K name, Object value, long timeMillis) {
        Key key = keys.get(name);
        if (key == null) {
            key = new Key(kernel.newKey());
            keys.put(name, key);
        }
        long newestMillis = Math.max(nowMillis, key.newestMillis);
        if (basis == TimeBasis.EVENT_TIME && timeMillis < newestMillis) {
            return false;
        }
        long atMillis = basis == TimeBasis.PROCESSING_TIME ? Math.max(timeMillis, newestMillis) : timeMillis;
        KeyPartials partials = key.partials;
        long bits = predicates.bits(value, kernel.tested(partials));
        key.newestMillis = atMillis;
        long position = partials.position() + 1;
        kernel.step(partials, bits, position, atMillis);
        if (partials.arena().newestPosition() == position && !plan.counting()) {
            key.events.add(position, atMillis, value);
        }
        drop(key);
        if (!kernel.completed().isEmpty()) {
            report(name, key.events);
        }
        return true;
    }

    private void report(K name, TakenEvents events) {
        MatchList.of(
                        plan,
                        kernel.completed(),
                        events::get,
                        name,
                        "Key " + name + " of a pattern",
                        "It has been taken in and its matches are not reported")
                .forEach(match -> matches.accept(name, match));
    }

    private void drop(Key key) {
        if (key.partials.isEmpty() && kernel.completed().isEmpty()) {
            key.events.dropBelow(Long.MAX_VALUE);
        } else if (windowed) {
            key.events.dropBelow(key.partials.floor());
        } else if (key.partials.arena().firstNumber() != key.firstSegment && !plan.counting()) {
            key.firstSegment = key.partials.arena().firstNumber(); // copied forward
            key.events.retain(key.partials.arena());
        }
    }

    @Override
    public void advanceTo(long timeMillis) {
        nowMillis = Math.max(nowMillis, timeMillis);
        keys.values().removeIf(key -> {
            if (windowed) {
                key.partials.advance(Math.max(timeMillis, key.partials.timeMillis()));
            }
            return key.partials.isEmpty();
        });
    }

    @Override
    public int keyCount() {
        return keys.size();
    }
}
