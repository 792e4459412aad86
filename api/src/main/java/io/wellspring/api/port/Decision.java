package io.wellspring.api.port;

import io.wellspring.api.Effect;

/** What engine and testkit ask of a stage's answers alike. */
public final class Decision {
    private Decision() {}

    /**
     * Refuses a decision that is missing.
     *
     * @param effect what the stage answered
     * @param stage the stage's name
     * @param method which of its methods was asked
     * @param <E> the type of the events
     * @param <S> the type of the state
     * @return the effect
     * @throws NullPointerException when it is null; the message names method, stage and remedy
     */
    public static <E, S> Effect<E, S> made(Effect<E, S> effect, String stage, String method) {
        if (effect == null) {
            throw new NullPointerException(method + " of stage " + stage
                    + " returned null instead of an effect. Return none() where nothing is to be done");
        }
        return effect;
    }
}
