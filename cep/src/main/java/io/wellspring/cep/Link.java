package io.wellspring.cep;

/** How a part follows what was matched before it. */
enum Link {
    /** The first part: every event may start a match. */
    BEGIN,
    /** The very next event. */
    NEXT,
    /** The next event that fits; others before it are passed over. */
    FOLLOWED_BY,
    /** Any later event that fits; one that fits may be passed over too. */
    FOLLOWED_BY_ANY,
    /** The very next event does not fit. */
    NOT_NEXT,
    /** No event fits until the next part takes one. */
    NOT_FOLLOWED_BY;

    boolean negated() {
        return this == NOT_NEXT || this == NOT_FOLLOWED_BY;
    }
}
