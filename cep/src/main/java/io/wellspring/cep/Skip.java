package io.wellspring.cep;

/**
 * What a match drops of the other matches and partial matches of its key.
 *
 * @param step the step to skip to, or null
 */
record Skip(Kind kind, Step<?> step, IfMissing ifMissing) {
    static final Skip NONE = new Skip(Kind.NONE, null, IfMissing.KEEP_ALL);

    enum Kind {
        NONE,
        TO_NEXT,
        PAST_LAST_EVENT,
        TO_FIRST,
        TO_LAST
    }

    static Skip of(Kind kind) {
        return new Skip(kind, null, IfMissing.KEEP_ALL);
    }
}
