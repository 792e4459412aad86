package io.wellspring.cep;

/** What happens when the step that a skip strategy skips to cannot be skipped to. */
public enum IfMissing {
    /** Nothing is dropped after a match that has no event of the step. */
    KEEP_ALL,
    /** A match without an event of the step, or one that begins with that event (so that nothing is skipped), is an error of the record. */
    FAIL
}
