package io.wellspring.cep;

import io.wellspring.api.error.ConfigException;
import java.time.Duration;

/**
 * How often a part takes events.
 *
 * @param from the least number of copies, at least 1; none at all is {@code optional}
 * @param to the largest number, or {@link #UNBOUNDED}
 * @param counted whether a number was asked for
 * @param preference which way is taken where an event could both stay in the loop and leave it
 * @param inner how the copies follow each other, or null where the user did not say
 * @param windowMillis every gap between consecutive events of the loop is shorter; {@link Long#MAX_VALUE} where there is no bound
 */
record Quantifier(
        int from, int to, boolean counted, boolean optional, Preference preference, Link inner, long windowMillis) {
    static final int UNBOUNDED = Integer.MAX_VALUE;
    static final Quantifier ONCE = new Quantifier(1, 1, false, false, Preference.NONE, null, Long.MAX_VALUE);

    /** Which ways are followed where there is a choice. */
    enum Preference {
        /** All of them. */
        NONE,
        /** Staying. */
        GREEDY,
        /** Leaving. */
        RELUCTANT
    }

    private static final int MAX_COPIES = 1_000;

    Quantifier times(int least, int most, String label) {
        if (counted) {
            throw new ConfigException(
                    "A second quantifier on " + label + "; a part has one: times, timesOrMore or oneOrMore");
        }
        boolean bounded = most != UNBOUNDED;
        if (least < 0 || most < least || most == 0) {
            throw new ConfigException("times(" + least + ", " + (bounded ? most : "more") + ") on " + label
                    + " takes no event; use 0 <= from <= to and to >= 1, or leave the part out");
        }
        if (least > MAX_COPIES || (bounded && most > MAX_COPIES)) {
            throw new ConfigException("times(" + least + ", " + (bounded ? most : "more") + ") on " + label
                    + " is unrolled, and more than " + MAX_COPIES
                    + " copies are refused; use timesOrMore with a condition that counts, such as m.count(step)");
        }
        return new Quantifier(Math.max(1, least), most, true, optional || least == 0, preference, inner, windowMillis);
    }

    Quantifier asOptional() {
        return new Quantifier(from, to, counted, true, preference, inner, windowMillis);
    }

    Quantifier preferring(Preference wanted, String label) {
        if (preference != Preference.NONE && preference != wanted) {
            throw new ConfigException("greedy and reluctant on " + label
                    + " contradict each other: one takes as many events as it can, the other as few; keep one");
        }
        return new Quantifier(from, to, counted, optional, wanted, inner, windowMillis);
    }

    Quantifier joinedBy(Link link) {
        return new Quantifier(from, to, counted, optional, preference, link, windowMillis);
    }

    Quantifier gapBelow(Duration gap, String label) {
        return new Quantifier(
                from, to, counted, optional, preference, inner, Time.positiveMillis(gap, "withinLoop", label));
    }

    boolean looping() {
        return to > 1;
    }

    boolean unbounded() {
        return to == UNBOUNDED;
    }

    /** The copy of an unbounded loop that follows itself: the first one behind the counted ones. */
    int nextCopy(int copy) {
        return unbounded() ? Math.min(copy + 1, from + 1) : copy + 1;
    }

    Link copies() {
        return inner == null ? Link.FOLLOWED_BY : inner;
    }

    boolean greedy() {
        return preference == Preference.GREEDY && hasChoice();
    }

    boolean reluctant() {
        return preference == Preference.RELUCTANT && hasChoice();
    }

    /** A fixed number of copies leaves no choice, so there a preference means nothing; optional alone does leave one. */
    private boolean hasChoice() {
        return from != to || (optional && (to == 1 || preference == Preference.RELUCTANT));
    }
}
