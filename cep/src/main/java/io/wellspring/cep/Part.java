package io.wellspring.cep;

/** What a {@link Sequence} is made of: a {@link Step}, or a {@link Group} of them. */
public sealed interface Part permits Step, Group {
    /**
     * The part in a few words, for messages.
     *
     * @return such as {@code step 'drain'}
     */
    String label();
}
