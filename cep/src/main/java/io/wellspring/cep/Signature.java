package io.wellspring.cep;

import io.wellspring.api.error.CorruptException;

/** What ties stored bytes to the pattern they were written for. */
record Signature(String pattern, int value) {
    static Signature of(String pattern, Plan plan) {
        return new Signature(pattern, plan.signature());
    }

    void check(String what, int found) {
        if (found != value) {
            throw new CorruptException(what + " of pattern " + pattern + " was written for another pattern (signature "
                    + Integer.toHexString(found) + ", the program's is " + Integer.toHexString(value)
                    + "): steps, order, quantifiers, windows or the skip strategy were changed while partial matches lived. Run the"
                    + " version that wrote it, or give the changed pattern a new name");
        }
    }
}
