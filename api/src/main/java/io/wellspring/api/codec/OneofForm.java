package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

/**
 * A sealed interface: a message whose fields form one {@code oneof}, a field per permitted type, under that type's tag. A
 * sealed interface within is a message of the same kind, one level deeper.
 *
 * <pre>
 * sealed Event permits @Tag(1) Deposited, @Tag(2) Closed        message Event { oneof kind { Deposited deposited = 1; ... } }
 *
 * new Deposited(cents = 5)   ->   0A 02 08 0A      tag 1, a message, of 2 bytes: tag 1, varint, zigzag(5)
 * </pre>
 *
 * <p>A tag that is not known is refused, never skipped: skipping it would lose an event.
 */
final class OneofForm extends MessageForm implements Definition {
    /** A permitted type, or with an upcast a removed one. */
    record Variant(int tag, Form form, String typeName, Upcast upcast) {}

    private final ClosedType type;
    private final int[] reserved;
    // Set once by complete(), before the codec is handed out: a variant may contain the interface.
    private Map<Class<?>, Variant> variantsByClass = Map.of();
    private Variant[] variants = {};

    OneofForm(ClosedType type, int[] reserved) {
        this.type = type;
        this.reserved = reserved;
    }

    /** Takes the variants by rising tag, and for every concrete class below the interface the variant it is written as. */
    void complete(Variant[] variantsByTag, Map<Class<?>, Variant> byClass) {
        variants = variantsByTag;
        variantsByClass = byClass;
    }

    private Variant variantOf(Object value) {
        Variant variant = variantsByClass.get(value.getClass());
        if (variant == null && value instanceof Enum<?> constant) {
            // The class of an enum constant with a body is not the enum's.
            variant = variantsByClass.get(constant.getDeclaringClass());
        }
        if (variant == null) {
            throw new Refusal("is a " + value.getClass().getName() + ", which " + type
                    + " does not permit; look for an unchecked cast where the value was made");
        }
        return variant;
    }

    @Override
    int bodySize(Object value, Layout layout) {
        Variant variant = variantOf(value);
        try {
            return CodedOutputStream.computeTagSize(variant.tag) + variant.form.size(value, layout);
        } catch (Refusal e) {
            throw e.at('(' + variant.typeName + ')');
        }
    }

    @Override
    void writeBody(Object value, CodedOutputStream out, Layout layout) throws IOException {
        Variant variant = variantOf(value);
        out.writeTag(variant.tag, variant.form.wireType);
        variant.form.write(value, out, layout);
    }

    /** Gives a value, or {@link Several} when an upcast was at work. */
    @Override
    Object readBody(Source source) throws IOException {
        Object value = null;
        for (int wireTag = source.in.readTag(); wireTag != 0; wireTag = source.in.readTag()) {
            Variant variant = withTag(WireFormat.getTagFieldNumber(wireTag));
            try {
                Source.expect(wireTag, variant.form.wireType);
                value = variant.form.read(source);
                if (variant.upcast != null) {
                    value = variant.upcast.apply(value);
                }
            } catch (Refusal e) {
                throw e.at('(' + variant.typeName + ')');
            } catch (IOException e) {
                throw Refusal.broken(e).at('(' + variant.typeName + ')');
            }
        }
        return value == null ? absent() : value;
    }

    private Variant withTag(int tag) {
        for (Variant variant : variants) {
            if (variant.tag == tag) {
                return variant;
            }
        }
        if (Arrays.stream(reserved).anyMatch(number -> number == tag)) {
            throw new Refusal(
                    "holds tag " + tag + " of " + type + ", which is @Reserved for a removed type; add .upcast(" + tag
                            + ", Old.class, old -> List.of(...)) to the codec to read it");
        }
        throw new Refusal("holds tag " + tag + ", but no type that " + type + " permits has @Tag(" + tag
                + "); written by newer code? Upgrade this reader. If the type was removed, add .upcast(" + tag
                + ", Old.class, old -> List.of(...)) to the codec");
    }

    @Override
    Object readOne(Source source) throws IOException {
        Object value = read(source);
        return value instanceof Several several ? several.only(type.toString()) : value;
    }

    @Override
    Object absent() {
        throw noDefault("the sealed " + type);
    }

    @Override
    Object parse(String text) {
        throw takesNoDefault("the sealed " + type);
    }

    @Override
    String protoType(SchemaNames names) {
        return names.of(this);
    }

    @Override
    public String shortName(SchemaNames names) {
        return type.schemaName();
    }

    @Override
    public void print(SchemaPrinter.Block block, SchemaNames names) {
        block.open("message " + names.of(this), "sealed " + type);
        block.reserved(Arrays.stream(reserved)
                .filter(number -> Arrays.stream(variants).noneMatch(variant -> variant.tag == number))
                .toArray());
        block.oneof(variants, names);
        block.close();
    }
}
