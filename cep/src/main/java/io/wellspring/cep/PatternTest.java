package io.wellspring.cep;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.Effect.TimerChange;
import io.wellspring.api.Effect.TimerKind;
import io.wellspring.api.Position;
import io.wellspring.api.View;
import io.wellspring.api.codec.Codec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Tries a pattern out on the events of one key, without Kafka: {@code PatternTest.of(takeover).event(login, at(1)).event(drain,
 * at(2)).thenMatches(alert)}. It runs the stage that {@link Cep} runs, and at every step also checks that a replay of the journal gives
 * the same state and that journal events and state survive their formats. Not thread-safe.
 *
 * @param <R> the type of the pattern's results
 */
public final class PatternTest<R> {
    private static final String NAME = "pattern-test";

    private final Pattern<R> pattern;
    private final Object key;
    private final Matcher<Object> matcher;
    private final List<Object> values = new ArrayList<>();
    private final ChangeCodec changes;
    private final MatchStateCodec states;
    private final List<R> results = new ArrayList<>();
    private final List<Timeout> timeouts = new ArrayList<>();
    private final List<Object> late = new ArrayList<>();
    private MatchState state = MatchState.EMPTY;
    private TimerChange timer;
    private long nowMillis = Long.MIN_VALUE;
    private int asserted;

    private PatternTest(Pattern<R> pattern, Object key) {
        this.pattern = pattern;
        this.key = key;
        this.matcher = new Matcher<>(NAME, pattern.plan());
        var codecs = new ValueCodecs(List.of(new ByNumber()));
        var signature = Signature.of(NAME, pattern.plan());
        this.changes = new ChangeCodec(signature, codecs);
        this.states = new MatchStateCodec(signature, pattern.plan().automaton().size(), codecs);
    }

    /**
     * A test of a pattern on the key {@code "key"}.
     *
     * @param pattern the pattern
     * @param <R> the type of its results
     * @return the test, without events
     */
    public static <R> PatternTest<R> of(Pattern<R> pattern) {
        return of(pattern, "key");
    }

    /**
     * A test of a pattern.
     *
     * @param pattern the pattern
     * @param key the key of all events
     * @param <R> the type of its results
     * @return the test, without events
     */
    public static <R> PatternTest<R> of(Pattern<R> pattern, Object key) {
        return new PatternTest<>(Objects.requireNonNull(pattern, "pattern"), Objects.requireNonNull(key, "key"));
    }

    /**
     * Gives the pattern an event.
     *
     * @param value the event
     * @param time its event time, an event earlier than an earlier one is late, see {@link #late()}; where the pattern is
     *     {@link Sequence#inProcessingTime}, the time on the clock
     * @return this test
     */
    public PatternTest<R> event(Object value, Instant time) {
        long millis = time.toEpochMilli();
        TimeBasis basis = pattern.plan().terms().basis();
        if (millis < nowMillis && basis == TimeBasis.EVENT_TIME) {
            late.add(value);
            return this;
        }
        nowMillis = Math.max(nowMillis, millis);
        values.add(value);
        fireDue();
        carryOut(matcher.decide(
                state, new Arrival(0, value), new Now(basis == TimeBasis.PROCESSING_TIME ? nowMillis : millis)));
        return this;
    }

    /**
     * Lets event time pass, as the events of other keys would.
     *
     * @param time no event before it is to come
     * @return this test
     */
    public PatternTest<R> advanceTo(Instant time) {
        long millis = time.toEpochMilli();
        nowMillis = Math.max(nowMillis, millis);
        fireDue();
        return this;
    }

    private void fireDue() {
        while (timer != null && timer.dueMillis() <= nowMillis) {
            TimerChange due = timer;
            timer = null;
            carryOut(matcher.onTimer(state, due.name(), new Now(due.dueMillis())));
        }
    }

    /**
     * Asserts which results came out since the last assertion, in order.
     *
     * @param expected the results
     * @return this test
     * @throws AssertionError when others came out
     */
    @SafeVarargs
    public final PatternTest<R> thenMatches(R... expected) {
        var wanted = new ArrayList<R>();
        for (R one : expected) {
            wanted.add(one);
        }
        List<R> found = results.subList(asserted, results.size());
        if (!found.equals(wanted)) {
            throw new AssertionError("expected matches " + wanted + " but found " + found);
        }
        asserted = results.size();
        return this;
    }

    /**
     * Asserts that no result came out since the last assertion.
     *
     * @return this test
     * @throws AssertionError when one came out
     */
    public PatternTest<R> thenNoMatches() {
        if (asserted < results.size()) {
            throw new AssertionError("expected no matches but found " + results.subList(asserted, results.size()));
        }
        return this;
    }

    /**
     * All results so far, in order.
     *
     * @return an immutable copy
     */
    public List<R> results() {
        return List.copyOf(results);
    }

    /**
     * The partial matches that a window closed so far.
     *
     * @return an immutable copy
     */
    public List<Timeout> timeouts() {
        return List.copyOf(timeouts);
    }

    /**
     * The events that came too late so far.
     *
     * @return an immutable copy
     */
    public List<Object> late() {
        return List.copyOf(late);
    }

    /**
     * How many partial and waiting matches live.
     *
     * @return the number that {@link Sequence#maxPartialMatches} bounds
     */
    public int partialMatches() {
        return state.runs().size() + state.held().size();
    }

    private void carryOut(Effect<Change, MatchState> effect) {
        MatchState direct = state;
        MatchState replayed = states.decode(states.encode(state));
        for (Change change : effect.events()) {
            direct = evolved(direct, change);
            replayed = evolved(replayed, changes.decode(changes.encode(change)));
        }
        if (!Arrays.equals(states.encode(direct), states.encode(replayed))) {
            throw new AssertionError(
                    "The journal's replay gives another state than the decision did: a condition or an event's"
                            + " codec is not a pure function. Decided " + direct + ", replayed " + replayed);
        }
        for (Effect.Emission<?, MatchState> emission : effect.emissions()) {
            for (Object value : emission.values().apply(direct)) {
                take(value);
            }
        }
        for (TimerChange change : effect.timers()) {
            timer = change.kind() == TimerKind.CANCELLED ? null : change;
        }
        state = replayed;
    }

    private MatchState evolved(MatchState before, Change change) {
        MatchState after = matcher.evolve(before, change);
        return after == null ? matcher.initial(key) : after;
    }

    private void take(Object emitted) {
        if (emitted instanceof Match match) {
            results.add(pattern.resultOf(match));
        } else if (emitted instanceof Timeout timeout) {
            timeouts.add(timeout);
        } else {
            late.add(emitted);
        }
    }

    /** Events need no format here: each is written as its place among the events of the test. */
    private final class ByNumber implements Codec<Object> {
        @Override
        public String contentName() {
            return "by-number";
        }

        @Override
        public byte[] encode(Object value) {
            for (int i = values.size() - 1; i >= 0; i--) {
                if (values.get(i) == value) {
                    return ByteBuffer.allocate(Integer.BYTES).putInt(i).array();
                }
            }
            throw new IllegalStateException("an event of another test: " + value);
        }

        @Override
        public Object decode(byte[] bytes) {
            return values.get(ByteBuffer.wrap(bytes).getInt());
        }
    }

    /** The context of one event. */
    private final class Now implements Context<Object> {
        private final long eventTimeMillis;

        private Now(long eventTimeMillis) {
            this.eventTimeMillis = eventTimeMillis;
        }

        @Override
        public Object key() {
            return key;
        }

        @Override
        public long eventTimeMillis() {
            return eventTimeMillis;
        }

        @Override
        public long watermarkMillis() {
            return nowMillis;
        }

        @Override
        public Instant processingTime() {
            return Instant.ofEpochMilli(eventTimeMillis);
        }

        @Override
        public Position position() {
            return new Position(NAME, 0, values.size() - 1L);
        }

        @Override
        public <L, V> Optional<V> view(View<L, V> view, L other) {
            return Optional.empty();
        }
    }
}
