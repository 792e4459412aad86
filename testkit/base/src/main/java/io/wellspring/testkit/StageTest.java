package io.wellspring.testkit;

import io.wellspring.api.Effect;
import io.wellspring.api.Effect.TimerChange;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Stage;
import io.wellspring.api.View;
import io.wellspring.api.port.Decision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Tests a stage for one key, without Kafka and without an engine: given these events, when this command comes, then these
 * events, this state and this output.
 *
 * <pre>{@code
 * StageTest.of(Ledger.STAGE, "alice").given(new Deposited(100)).when(new Withdraw(30))
 *     .thenEvents(new Withdrawn(30)).thenState(new Account(70, 0)).thenNoOutput().thenTimer("idle");
 * }</pre>
 *
 * <p>Beside what is asked, every step checks what recovery rests on: each event and each state survives its codec, replay
 * of all events through the codec gives the same state, neither {@code decide} nor {@code evolve} changes the state it is
 * given, and the context is not used after {@code decide}. Values are the same when they are equal; records are also compared component by component, so that they may
 * carry arrays.
 *
 * <p>What is wrong ends in an {@link AssertionError} whose message names stage, key, command and both values; what
 * {@code decide} throws is passed on as it is. A test goes on after {@code then...} with another {@code when}. Not
 * thread-safe.
 *
 * @param <K> the type of the keys
 * @param <C> the type of the commands
 * @param <E> the type of the events
 * @param <S> the type of the state
 */
public final class StageTest<K, C, E, S> {
    /** Many more than a test can mean: a timer that is set to the past whenever it fires. */
    private static final int MOST_FIRINGS = 10_000;

    private final StageFold<K, E, S> fold;
    private final EventSourced<K, C, E, S> behaviour;
    private final StageTestContext<K> context;
    private final String stage;
    private final String subject;
    private final StageTestTimers timers = new StageTestTimers();
    private final List<E> history = new ArrayList<>();
    private S state;
    private Step<E> last;

    private StageTest(Stage<K, C, E, S> stage, K key) {
        this.stage = stage.name();
        this.subject = "stage " + stage.name() + ", key " + key;
        this.fold = new StageFold<>(stage, key, subject);
        this.behaviour = stage.behaviour().openTask();
        this.context = new StageTestContext<>(stage, key);
        this.state = fold.initial();
    }

    /**
     * Begins a test of a stage.
     *
     * @param stage the stage
     * @param key the key that all commands of this test have
     * @param <K> the type of the keys
     * @param <C> the type of the commands
     * @param <E> the type of the events
     * @param <S> the type of the state
     * @return the test, with the key's initial state
     */
    public static <K, C, E, S> StageTest<K, C, E, S> of(Stage<K, C, E, S> stage, K key) {
        return new StageTest<>(stage, Objects.requireNonNull(key, "key"));
    }

    /**
     * Lets events have happened before.
     *
     * @param events what is in the journal, in order; added to what is there already
     * @return this test
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public final StageTest<K, C, E, S> given(E... events) {
        state = apply(List.of(events));
        last = null;
        return this;
    }

    /**
     * Lets the stage see a value through a view that it declared with {@link Stage#reading}.
     *
     * @param view the view
     * @param viewKey the key in the view
     * @param value what it shows from now on
     * @param <L> the type of the view's keys
     * @param <V> the type of the view's values
     * @return this test
     * @throws io.wellspring.api.error.ConfigException when the stage did not declare the view
     */
    public <L, V> StageTest<K, C, E, S> withView(View<L, V> view, L viewKey, V value) {
        context.show(view, viewKey, value);
        return this;
    }

    /**
     * Sets the event time of the commands that follow; the epoch before. With a command the watermark comes to its event time, and
     * processing time is this time; neither goes back.
     *
     * @param eventTime the event time
     * @return this test
     */
    public StageTest<K, C, E, S> at(Instant eventTime) {
        context.at(eventTime);
        return this;
    }

    /**
     * Gives the stage a command: it decides, its events evolve the state, its output is computed. The timers that its event time makes due fire
     * before it, as in an engine, and what they bring comes before what it brings.
     *
     * @param command the command
     * @return this test
     */
    public StageTest<K, C, E, S> when(C command) {
        context.reachRecord();
        var step = new Step<E>(subject + ": " + command + " on " + state + " at " + context.describeTime());
        fireDue(step);
        context.beginRecord();
        Effect<E, S> effect = decided(
                subject + ": " + command + " on " + state + " at " + context.describeTime(),
                "decide",
                command,
                before -> behaviour.decide(before, command, context),
                context::end);
        carryOut(effect, step);
        fireDue(step);
        last = step;
        return this;
    }

    /**
     * Lets time pass: no record with an earlier event time is to come, and the clock shows this time. Timers that become due fire, in the
     * order of their times; what they bring is what the expectations that follow are about.
     *
     * @param time the time, in event time and in processing time; neither goes back
     * @return this test
     */
    public StageTest<K, C, E, S> advanceTo(Instant time) {
        context.reach(time);
        var step = new Step<E>(subject + ": advancing to " + time + " on " + state);
        fireDue(step);
        last = step;
        return this;
    }

    private void fireDue(Step<E> step) {
        for (int firings = 0; firings < MOST_FIRINGS; firings++) {
            Optional<TimerChange> due = timers.due(context.reachedMillis(), context.nowMillis());
            if (due.isEmpty()) {
                return;
            }
            fire(due.get(), step);
        }
        throw new AssertionError(step.deciding() + " made timers fire " + MOST_FIRINGS
                + " times: onTimer sets a timer that is due already, for ever. Timers: " + timers);
    }

    private void fire(TimerChange timer, Step<E> step) {
        timers.remove(timer.name());
        long eventTime = context.beginTimer(timer);
        Effect<E, S> effect = decided(
                subject + ": timer " + timer.name() + " on " + state + " at " + context.describeTime(),
                "onTimer",
                timer.name(),
                before -> behaviour.onTimer(before, timer.name(), context),
                () -> context.endTimer(eventTime));
        carryOut(effect, step);
    }

    private Effect<E, S> decided(
            String deciding, String method, Object argument, Function<S, Effect<E, S>> decision, Runnable end) {
        byte[] before = fold.encodeState(state);
        Effect<E, S> effect;
        try {
            effect = decision.apply(state);
        } finally {
            end.run();
        }
        fold.requireUnchanged(state, before, method + "(" + argument + ")");
        try {
            return Decision.made(effect, stage, method);
        } catch (NullPointerException missing) {
            throw new AssertionError(deciding + ": " + missing.getMessage(), missing);
        }
    }

    private void carryOut(Effect<E, S> effect, Step<E> step) {
        state = apply(effect.events());
        timers.change(effect.timers());
        step.events().addAll(effect.events());
        step.emitted().addAll(Emitted.of(effect, state, step.deciding()));
    }

    private S apply(List<E> events) {
        S evolved = state;
        for (E event : events) {
            evolved = fold.evolve(behaviour, evolved, event, timers::clear);
            history.add(event);
        }
        fold.requireReplayGives(evolved, history);
        return evolved;
    }

    /**
     * Expects the last command to have persisted exactly these events in this order.
     *
     * @param expected the events
     * @return this test
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public final StageTest<K, C, E, S> thenEvents(E... expected) {
        requireSame("to persist", List.of(expected), lastStep().events(), "persisted");
        return this;
    }

    /**
     * Expects the last command to have persisted nothing.
     *
     * @return this test
     */
    public StageTest<K, C, E, S> thenNoEvents() {
        return thenEvents();
    }

    /**
     * Expects a state after all events so far.
     *
     * @param expected the state
     * @return this test
     */
    public StageTest<K, C, E, S> thenState(S expected) {
        if (!SameValue.test(expected, state)) {
            throw new AssertionError(
                    lastThing() + " was expected to leave the state " + expected + " but left " + state);
        }
        return this;
    }

    /**
     * Expects the last command to have emitted nothing, through no port.
     *
     * @return this test
     */
    public StageTest<K, C, E, S> thenNoOutput() {
        List<Emitted> emitted = lastStep().emitted();
        if (!emitted.isEmpty()) {
            throw new AssertionError(lastStep().deciding() + " was expected to emit nothing but emitted " + emitted);
        }
        return this;
    }

    /**
     * Expects the last command to have emitted exactly these values through a port, in this order. Other ports are not looked
     * at.
     *
     * @param out the port
     * @param expected the values; none to expect that nothing came through this port
     * @param <T> the type of the values
     * @return this test
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public final <T> StageTest<K, C, E, S> thenOutput(Out<T> out, T... expected) {
        List<Object> emitted = lastStep().emitted().stream()
                .filter(value -> value.port().equals(out.name()))
                .map(Emitted::value)
                .toList();
        requireSame("to emit through " + out.name(), List.of(expected), emitted, "emitted");
        return this;
    }

    /**
     * Expects a timer to be set, to whatever time.
     *
     * @param name the timer's name
     * @return this test
     */
    public StageTest<K, C, E, S> thenTimer(String name) {
        if (timers.find(name).isEmpty()) {
            throw new AssertionError(
                    lastThing() + " was expected to leave a timer '" + name + "' but left the timers " + timers);
        }
        return this;
    }

    /**
     * Expects a timer to be set to a time.
     *
     * @param name the timer's name
     * @param due the time at which it fires, in the kind of time it was set in
     * @return this test
     */
    public StageTest<K, C, E, S> thenTimer(String name, Instant due) {
        thenTimer(name);
        if (timers.find(name).orElseThrow().dueMillis() != due.toEpochMilli()) {
            throw new AssertionError(lastThing() + " was expected to leave a timer '" + name + "' at " + due
                    + " but left the timers " + timers);
        }
        return this;
    }

    /**
     * Expects no timer to be set.
     *
     * @return this test
     */
    public StageTest<K, C, E, S> thenNoTimer() {
        if (!timers.all().isEmpty()) {
            throw new AssertionError(lastThing() + " was expected to leave no timer but left " + timers);
        }
        return this;
    }

    /** What was done last, to begin a sentence about what it left. */
    private String lastThing() {
        return last == null ? subject + ": after " + history : last.deciding();
    }

    private void requireSame(String toDo, List<?> expected, List<?> actual, String did) {
        if (!SameValue.test(expected, actual)) {
            throw new AssertionError(
                    lastStep().deciding() + " was expected " + toDo + " " + expected + " but " + did + " " + actual);
        }
    }

    private Step<E> lastStep() {
        if (last == null) {
            throw new IllegalStateException(
                    subject + ": nothing was decided yet; call when(command) first, or advanceTo(time) [StageTest]");
        }
        return last;
    }

    /** What came of one command or of the passing of time, in order, and how to begin a sentence about it. */
    private record Step<E>(String deciding, List<E> events, List<Emitted> emitted) {
        Step(String deciding) {
            this(deciding, new ArrayList<>(), new ArrayList<>());
        }
    }
}
