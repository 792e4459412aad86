package io.wellspring.cep;

import io.wellspring.api.error.CorruptException;

/** What ties stored bytes to the pattern they were written for. */
record Signature(String pattern, int value) {
    private static final int KERNEL = 0x6b65726e;

    static Signature of(String pattern, Plan plan) {
        return new Signature(pattern, plan.signature());
    }

    /** What the kernel journals and stores is of another form than what the evaluator of runs does. */
    static Signature ofKernel(String pattern, Plan plan) {
        return new Signature(pattern, Integer.rotateLeft(plan.signature(), Short.SIZE) ^ KERNEL);
    }

    void check(String what, int found) {
        if (found != value) {
            throw new CorruptException(what + " of pattern " + pattern + " was written for another pattern (signature "
                    + Integer.toHexString(found) + ", the program's is " + Integer.toHexString(value)
                    + "): steps, order, quantifiers, windows, the skip strategy or whether there is an onTimeout were changed while partial matches lived. Run the"
                    + " version that wrote it, or give the changed pattern a new name");
        }
    }
}
