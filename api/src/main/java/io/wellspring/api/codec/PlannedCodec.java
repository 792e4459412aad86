package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import io.wellspring.api.error.CodecException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** A records codec: a plan made once, run for every value. */
final class PlannedCodec<T> implements RecordsCodec<T> {
    private final ClosedType type;
    private final List<Upcast> upcasts;
    private final MessageForm root;

    PlannedCodec(ClosedType type, List<Upcast> upcasts) {
        this.type = type;
        this.upcasts = upcasts;
        this.root = new Planner(upcasts).root(type);
    }

    @Override
    public String contentName() {
        return "records:" + type;
    }

    @Override
    public Optional<Class<?>> valueType() {
        return Optional.of(type.raw());
    }

    // Hot: two passes over the value, one array of exactly its size.
    @Override
    public byte[] encode(T value) {
        if (value == null) {
            throw new CodecException(type + " is null; null has no encoding");
        }
        try {
            Layout layout = new Layout();
            byte[] bytes = new byte[root.bodySize(value, layout)];
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            root.writeBody(value, out, layout);
            out.checkNoSpaceLeft();
            return bytes;
        } catch (Refusal e) {
            throw e.under(type.toString());
        } catch (IOException | RuntimeException e) {
            throw new CodecException(
                    type + " cannot be encoded (" + e + "); hand in values that nobody changes meanwhile", e);
        }
    }

    @Override
    public T decode(byte[] bytes) {
        Object value = read(bytes);
        if (!(value instanceof Several several)) {
            return cast(value);
        }
        if (several.values().size() == 1) {
            return cast(several.values().get(0));
        }
        throw new CodecException(type + " was upcast from a removed type to "
                + several.values().size() + " values; read it with decodeAll");
    }

    @Override
    public List<T> decodeAll(byte[] bytes) {
        Object value = read(bytes);
        if (value instanceof Several several) {
            List<T> values = new ArrayList<>(several.values().size());
            several.values().forEach(each -> values.add(cast(each)));
            return List.copyOf(values);
        }
        return List.of(cast(value));
    }

    private Object read(byte[] bytes) {
        Objects.requireNonNull(bytes, "bytes");
        try {
            return root.readBody(new Source(bytes));
        } catch (Refusal e) {
            throw e.under(type.toString());
        } catch (IOException e) {
            throw Refusal.broken(e).under(type.toString());
        } catch (RuntimeException e) {
            // From users' code, such as the hashCode of a set's elements.
            throw new CodecException(type + " cannot be read: " + e, e);
        }
    }

    @SuppressWarnings("unchecked") // the plan was made from T
    private T cast(Object value) {
        return (T) value;
    }

    @Override
    public <O> RecordsCodec<T> upcast(int tag, Class<O> old, Function<? super O, ? extends List<? extends T>> into) {
        return with(new Upcast(type.raw(), tag, old, value -> into.apply(old.cast(value))), into);
    }

    @Override
    public <S, O> RecordsCodec<T> upcast(
            Class<S> sealed, int tag, Class<O> old, Function<? super O, ? extends List<? extends S>> into) {
        return with(new Upcast(sealed, tag, old, value -> into.apply(old.cast(value))), into);
    }

    private RecordsCodec<T> with(Upcast upcast, Object into) {
        Objects.requireNonNull(into, "into");
        List<Upcast> all = new ArrayList<>(upcasts);
        all.add(upcast);
        return new PlannedCodec<>(type, List.copyOf(all));
    }

    @Override
    public String protoSchema() {
        return SchemaPrinter.print(type, root);
    }

    @Override
    public String toString() {
        return contentName();
    }
}
