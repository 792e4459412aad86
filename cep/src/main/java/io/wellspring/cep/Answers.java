package io.wellspring.cep;

import io.wellspring.api.error.CorruptException;
import io.wellspring.cep.Condition.Atom;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.IdentityHashMap;

/**
 * The answers of the user's predicates about one event. A predicate on the event is asked at most once, one across steps at most once
 * for each partial match.
 *
 * <p>The evaluator asks in an order that depends on nothing but its state and the answers so far. So the bare answers, in order, are all
 * that a replay needs: {@link #asking} asks the predicates and keeps what they said, {@link #repeating} says it again and calls no user
 * code. One byte holds eight answers, the first in the lowest bit.
 */
final class Answers {
    private static final byte YES = 1;
    private static final byte NO = 2;

    private final Plan plan;
    private final Object key;
    private final Object event;
    private final byte[] recorded;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream(8);
    private final byte[] onEvent;
    private IdentityHashMap<Partial, byte[]> acrossSteps;
    private int asked;
    private int open;

    private Answers(Plan plan, Object key, Object event, byte[] recorded) {
        this.plan = plan;
        this.key = key;
        this.event = event;
        this.recorded = recorded;
        this.onEvent = new byte[plan.automaton().atomCount()];
    }

    static Answers asking(Plan plan, Object key, Object event) {
        return new Answers(plan, key, event, null);
    }

    static Answers repeating(Plan plan, Object event, byte[] recorded) {
        return new Answers(plan, null, event, recorded);
    }

    /** Whether the event fulfils a condition for a run that has taken this so far (null: nothing). */
    boolean holds(int condition, Partial soFar) {
        Automaton.Tested tested = plan.automaton().condition(condition);
        return tested.type().isInstance(event) && tested.condition().holds(this, soFar);
    }

    boolean ask(Atom atom, int number, Partial soFar) {
        byte[] memory = atom.isAcrossSteps() ? memoryOf(soFar) : onEvent;
        if (memory[number] == 0) {
            memory[number] = (recorded == null ? fromUser(atom, soFar) : again()) ? YES : NO;
        }
        return memory[number] == YES;
    }

    byte[] kept() {
        byte[] full = kept.toByteArray();
        if (asked % Byte.SIZE == 0) {
            return full;
        }
        byte[] all = Arrays.copyOf(full, full.length + 1);
        all[full.length] = (byte) open;
        return all;
    }

    private byte[] memoryOf(Partial soFar) {
        if (acrossSteps == null) {
            acrossSteps = new IdentityHashMap<>();
        }
        return acrossSteps.computeIfAbsent(soFar, any -> new byte[onEvent.length]);
    }

    private boolean fromUser(Atom atom, Partial soFar) {
        boolean answer = atom.test(event, new Match(plan.steps(), soFar, key));
        open |= (answer ? 1 : 0) << asked % Byte.SIZE;
        asked++;
        if (asked % Byte.SIZE == 0) {
            kept.write(open);
            open = 0;
        }
        return answer;
    }

    private boolean again() {
        if (asked / Byte.SIZE >= recorded.length) {
            throw changed("fewer");
        }
        boolean answer = (recorded[asked / Byte.SIZE] >> asked % Byte.SIZE & 1) == 1;
        asked++;
        return answer;
    }

    /** Says that a repetition is over, which must have taken as many answers as were recorded. */
    void ended() {
        if ((asked + Byte.SIZE - 1) / Byte.SIZE != recorded.length) {
            throw changed("more");
        }
    }

    private CorruptException changed(String fewerOrMore) {
        return new CorruptException("A journaled event of a pattern holds " + fewerOrMore + " answers ("
                + recorded.length
                + " bytes) than its replay asks for: the pattern changed since it was written. Run the version that wrote it, or"
                + " give the changed pattern a new name");
    }
}
