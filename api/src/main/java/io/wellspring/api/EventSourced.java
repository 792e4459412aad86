package io.wellspring.api;

import java.util.List;

/**
 * The behaviour of a stage: it receives commands for a key, decides which events to persist, and evolves its state from those
 * events. The state of a key is the fold of its events with {@link #evolve} from {@link #initial}; after a failure it is rebuilt
 * that way. (The field calls such a triple a <em>decider</em>: J. Chassaing, "Functional Event Sourcing Decider", 2021.)
 *
 * <p>An instance is used by one thread at a time for each task; it may be shared by tasks unless {@link #openTask} gives each its
 * own.
 *
 * @param <K> the type of the keys
 * @param <C> the type of the commands
 * @param <E> the type of the events
 * @param <S> the type of the state: a value, never changed in place
 */
public interface EventSourced<K, C, E, S> {
    /**
     * The state of a key without events.
     *
     * @param key the key
     * @return the state, never null
     */
    S initial(K key);

    /**
     * Decides what a command does. Called once for each command that commits, never in recovery; it may read the context and must not
     * change anything. What it throws is handled by the stage's policy.
     *
     * @param state the key's state
     * @param command the command
     * @param context key, times, position and views
     * @return the events to persist and the values to emit
     */
    Effect<E, S> decide(S state, C command, Context<K> context);

    /**
     * Decides what happens when a timer fires. The timer is gone by then, whatever is decided; setting it again is a new timer. Called
     * once for each timer that commits, never in recovery. What it throws is handled by the stage's policy: {@link Policy.Fail}, also where the
     * stage has none, stops the task before the timer; {@link Policy.ParkKey} parks the key with its
     * timer; the others drop the timer, which is counted as skipped and logged.
     *
     * @param state the key's state
     * @param timer the timer's name
     * @param context key, times and views; the event time is the one the timer was set to, or for a timer in processing time the watermark;
     *     the position has an empty topic
     * @return the events to persist, the values to emit and the timers to change; nothing unless overridden
     */
    default Effect<E, S> onTimer(S state, String timer, Context<K> context) {
        return none();
    }

    /**
     * Applies an event. Pure: the same state and event always give the same state; it also runs in recovery.
     *
     * @param state the key's state, not changed
     * @param event the event
     * @return the new state, or null to forget the key: its timers are cancelled, and the next command sees {@link #initial}
     */
    S evolve(S state, E event);

    /**
     * The behaviour for one task, for stages that keep caches of their own.
     *
     * @return this, unless overridden
     */
    default EventSourced<K, C, E, S> openTask() {
        return this;
    }

    /**
     * Persists nothing and emits nothing, unless emissions are added.
     *
     * @return the effect
     */
    default Effect<E, S> none() {
        return Effect.none();
    }

    /**
     * Persists one event.
     *
     * @param event the event
     * @return the effect
     * @throws NullPointerException when it is null; the message names the remedy
     */
    default Effect<E, S> persist(E event) {
        if (event == null) {
            throw new NullPointerException(
                    "persist(null) was called by " + getClass().getName()
                            + ". Give persist an event, or return none() from decide or onTimer where there is nothing to persist");
        }
        return Effect.persisting(List.of(event));
    }

    /**
     * Persists events in order, all or none.
     *
     * @param events the events
     * @return the effect
     * @throws NullPointerException when the list is null or holds null; the message names the place and the remedy
     */
    default Effect<E, S> persistAll(List<? extends E> events) {
        if (events == null) {
            throw new NullPointerException(
                    "persistAll(null) was called by " + getClass().getName()
                            + ". Give it a list, or return none() from decide or onTimer where there is nothing to persist");
        }
        int index = 0;
        for (E event : events) {
            if (event == null) {
                throw new NullPointerException(
                        "persistAll was called by " + getClass().getName()
                                + " with null at index " + index
                                + " of the list. Leave out what is not to be persisted: an empty list persists nothing");
            }
            index++;
        }
        return Effect.persisting(events);
    }
}
