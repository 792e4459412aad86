package io.wellspring.cep;

/**
 * What a match drops of the other matches and partial matches of its key.
 *
 * @param step the step to skip to, or null
 * @param emitNow whether a match is reported without waiting for those that started earlier
 */
record Skip(Kind kind, Step<?> step, IfMissing ifMissing, boolean emitNow) {
    static final Skip NONE = of(Kind.NONE);

    enum Kind {
        NONE,
        TO_NEXT,
        PAST_LAST_EVENT,
        TO_FIRST,
        TO_LAST
    }

    static Skip of(Kind kind) {
        return new Skip(kind, null, IfMissing.KEEP_ALL, false);
    }

    static Skip to(Kind kind, Step<?> step, IfMissing ifMissing) {
        return new Skip(kind, step, ifMissing, false);
    }

    Skip emittingNow(boolean now) {
        return new Skip(kind, step, ifMissing, now);
    }
}
