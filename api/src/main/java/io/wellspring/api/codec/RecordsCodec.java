package io.wellspring.api.codec;

import io.wellspring.api.error.CodecException;
import io.wellspring.api.error.ConfigException;
import java.util.List;
import java.util.function.Function;

/**
 * A codec of records and sealed interfaces in protobuf wire format; {@link Codecs#records(Class)} specifies what it carries.
 * Immutable; used by any number of threads at once.
 *
 * @param <T> the root type
 */
public sealed interface RecordsCodec<T> extends Codec<T> permits PlannedCodec {
    /**
     * Adds the reading of a type that the sealed root permitted once: what was written under its tag becomes any number of
     * today's values. Nothing is ever written under that tag; keep it {@link Reserved} as well.
     *
     * <pre>{@code Codecs.records(Event.class).upcast(3, OldMoved.class, old -> List.of(new Left(old.from()), new Came(old.to())))}</pre>
     *
     * @param tag the tag of the removed type
     * @param old a type with the components and tags of the removed one; it need not implement the root
     * @param into a pure function from the old value to the new ones, which may be none
     * @param <O> the old type
     * @return a codec that also reads the tag; this one stays as it is
     * @throws ConfigException when the root is not sealed, or the tag is in use or has an upcast already
     */
    <O> RecordsCodec<T> upcast(int tag, Class<O> old, Function<? super O, ? extends List<? extends T>> into);

    /**
     * Like {@link #upcast(int, Class, Function)}, for a sealed interface somewhere inside the root. Where a single value
     * stands (a component, not a list and not the root), the function must give exactly one; reading refuses otherwise.
     *
     * @param sealed the sealed interface that permitted the removed type
     * @param tag the tag of the removed type under it
     * @param old a type with the components and tags of the removed one
     * @param into a pure function from the old value to the new ones
     * @param <S> the sealed interface
     * @param <O> the old type
     * @return a codec that also reads the tag; this one stays as it is
     * @throws ConfigException when the interface is not part of the root, or the tag is in use or has an upcast already
     */
    <S, O> RecordsCodec<T> upcast(
            Class<S> sealed, int tag, Class<O> old, Function<? super O, ? extends List<? extends S>> into);

    /**
     * Decodes one value.
     *
     * @throws CodecException also when an {@linkplain #upcast upcast} gave none or several; then use {@link #decodeAll}
     */
    @Override
    T decode(byte[] bytes);

    /**
     * Prints the schema of the bytes as a proto3 file, so that any language reads them. Types that are only read (see
     * {@link #upcast}) are printed as deprecated.
     *
     * @return the text of a {@code .proto} file
     */
    String protoSchema();
}
