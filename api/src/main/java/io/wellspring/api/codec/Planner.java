package io.wellspring.api.codec;

import io.wellspring.api.error.ConfigException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns types into forms, once per codec. All reflection is here and in {@link RecordHandles}. */
final class Planner {
    static final String CARRIED =
            "it carries records, sealed interfaces and enums with @Tag, primitives and their boxes,"
                    + " String, byte[], List, Set, Map, Optional, java.time, UUID, BigDecimal and BigInteger";

    private final Map<ClosedType, Form> forms = new HashMap<>();
    private final List<Upcast> upcasts;
    private final Set<Class<?>> sealedFound = new HashSet<>();

    Planner(List<Upcast> upcasts) {
        this.upcasts = upcasts;
    }

    /** Plans the root of a codec: a message, or one around it. */
    MessageForm root(ClosedType type) {
        Form form = form(type, type.toString());
        for (Upcast upcast : upcasts) {
            if (!sealedFound.contains(upcast.sealed())) {
                throw new ConfigException("upcast of tag " + upcast.tag() + ": "
                        + upcast.sealed().getName()
                        + " is not a sealed interface within " + type + "; only what stands under the tag of a sealed"
                        + " interface can be upcast [Codecs.records]");
            }
        }
        Set<RecordForm> ending = new HashSet<>();
        for (Form each : forms.values()) {
            if (each instanceof RecordForm record) {
                record.requireEnd(new LinkedHashSet<>(), ending);
            }
        }
        return form instanceof MessageForm message
                ? message
                : new WrapperForm(type, new Single(WrapperForm.TAG, form, null, null));
    }

    private Content content(ClosedType type, int tag, String place) {
        Class<?> raw = type.raw();
        if (raw == Optional.class) {
            return new Maybe(tag, form(type.arguments().get(0), place));
        }
        if (raw == List.class) {
            return new Many(tag, form(type.arguments().get(0), place), false);
        }
        if (raw == Set.class) {
            return new Many(tag, keyForm(type.arguments().get(0), place), true);
        }
        if (raw == Map.class) {
            Form key = keyForm(type.arguments().get(0), place);
            return new Entries(tag, key, form(type.arguments().get(1), place));
        }
        return new Single(tag, form(type, place), null, null);
    }

    private Form keyForm(ClosedType type, String place) {
        Form form = form(type, place);
        if (form.refusedAsKey() != null) {
            throw new ConfigException(place + ": " + form.refusedAsKey() + " [Codecs.records]");
        }
        return form;
    }

    private Form form(ClosedType type, String place) {
        Form known = forms.get(type);
        if (known != null) {
            return known;
        }
        Class<?> raw = type.raw();
        Form form;
        if (raw.isRecord()) {
            return recordForm(type);
        } else if (raw.isSealed() && raw.isInterface()) {
            return oneofForm(type);
        } else if (raw.isEnum()) {
            form = enumForm(raw);
        } else if (raw == Optional.class || raw == List.class || raw == Set.class || raw == Map.class) {
            form = new WrapperForm(type, content(type, WrapperForm.TAG, place));
        } else {
            form = leaf(raw, place);
        }
        forms.put(type, form);
        return form;
    }

    private static Form leaf(Class<?> raw, String place) {
        Scalar scalar = Scalar.of(raw);
        if (scalar != null) {
            return new ScalarForm(scalar);
        } else if (raw == String.class) {
            return new StringForm();
        } else if (raw == byte[].class) {
            return new BytesForm();
        } else if (raw == Instant.class) {
            return new SecondsForm.OfInstant();
        } else if (raw == Duration.class) {
            return new SecondsForm.OfDuration();
        } else if (raw == LocalDate.class) {
            return new DateForm();
        }
        Form text = TextForm.of(raw);
        if (text == null) {
            throw new ConfigException(place + ": " + raw.getTypeName()
                    + " is not a type that records carries [Codecs.records]; " + CARRIED);
        }
        return text;
    }

    private Form recordForm(ClosedType type) {
        Class<?> raw = type.raw();
        RecordForm form = new RecordForm(type, Tags.reserved(raw));
        forms.put(type, form); // before its components, which may contain it
        RecordComponent[] components = raw.getRecordComponents();
        List<Tags.Member> members = new ArrayList<>();
        for (RecordComponent component : components) {
            members.add(new Tags.Member(component.getName(), component.getAnnotation(Tag.class)));
        }
        int[] tags = Tags.check(raw, members, false);
        RecordHandles handles = new RecordHandles(raw);
        Field[] fields = new Field[components.length];
        long[] numbers = new long[components.length];
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            String place = raw.getTypeName() + '.' + component.getName();
            Default preset = component.getAnnotation(Default.class);
            String presetText = preset == null ? null : preset.value();
            if (component.getType().isPrimitive()) {
                Scalar scalar = Scalar.of(component.getType());
                if (preset != null) {
                    numbers[i] = scalar.unbox(parse(new ScalarForm(scalar), presetText, place));
                }
                fields[i] = new Field.OfNumber(
                        component.getName(), tags[i], i, scalar, handles.numberAccessor(component), presetText);
            } else {
                ClosedType closed = ClosedType.of(component.getGenericType(), type.bindings(), place);
                Content content = content(closed, tags[i], place);
                if (preset != null) {
                    Form single = form(closed, place);
                    content = new Single(tags[i], single, parse(single, presetText, place), presetText);
                }
                fields[i] = new Field.OfObject(component.getName(), i, content, handles.objectAccessor(component));
            }
        }
        Arrays.sort(fields, Comparator.comparingInt(field -> field.tag));
        form.complete(fields, handles.constructor(components), numbers);
        return form;
    }

    private static Object parse(Form form, String text, String place) {
        try {
            return form.parse(text);
        } catch (RuntimeException e) {
            throw new ConfigException(
                    place + ": @Default(\"" + text + "\") cannot be read: " + e.getMessage() + " [Codecs.records]", e);
        }
    }

    private Form oneofForm(ClosedType type) {
        Class<?> raw = type.raw();
        sealedFound.add(raw);
        OneofForm form = new OneofForm(type, Tags.reserved(raw));
        forms.put(type, form); // before its permitted types, which may contain it
        Class<?>[] permitted = raw.getPermittedSubclasses();
        List<Tags.Member> members = new ArrayList<>();
        for (Class<?> subtype : permitted) {
            members.add(new Tags.Member(subtype.getTypeName(), subtype.getAnnotation(Tag.class)));
        }
        int[] tags = Tags.check(raw, members, false);
        List<OneofForm.Variant> variants = new ArrayList<>();
        Map<Class<?>, OneofForm.Variant> byClass = new HashMap<>();
        for (int i = 0; i < permitted.length; i++) {
            Class<?> subtype = permitted[i];
            String place = subtype.getTypeName() + " under " + type;
            Set<Class<?>> leaves = leaves(subtype, type);
            Form inner = form(type.permitted(subtype), place);
            OneofForm.Variant variant = new OneofForm.Variant(tags[i], inner, subtype.getSimpleName(), null);
            variants.add(variant);
            for (Class<?> leaf : leaves) {
                OneofForm.Variant other = byClass.put(leaf, variant);
                if (other != null) {
                    throw new ConfigException(leaf.getTypeName() + " is under " + type + " twice, by way of "
                            + other.typeName() + " and " + variant.typeName()
                            + ", so it has no single encoding; let one of them not permit it [Codecs.records]");
                }
            }
        }
        addUpcasts(raw, variants);
        variants.sort(Comparator.comparingInt(OneofForm.Variant::tag));
        form.complete(variants.toArray(OneofForm.Variant[]::new), Map.copyOf(byClass));
        return form;
    }

    private void addUpcasts(Class<?> sealed, List<OneofForm.Variant> variants) {
        for (Upcast upcast : upcasts) {
            if (upcast.sealed() != sealed) {
                continue;
            }
            String place = "upcast of tag " + upcast.tag() + " of " + sealed.getTypeName();
            if (!Tags.inRange(upcast.tag())) {
                throw new ConfigException(place + ": the tag is outside 1.." + Tags.MAX + " [Codecs.records]");
            }
            for (OneofForm.Variant variant : variants) {
                if (variant.tag() == upcast.tag()) {
                    throw new ConfigException(place + ": the tag is in use by " + variant.typeName()
                            + "; only a type that is no longer permitted can be upcast, once [Codecs.records]");
                }
            }
            Form form = form(ClosedType.of(upcast.old(), Map.of(), place), place);
            variants.add(new OneofForm.Variant(upcast.tag(), form, upcast.old().getSimpleName(), upcast));
        }
    }

    private static Set<Class<?>> leaves(Class<?> subtype, ClosedType under) {
        if (subtype.isRecord() || subtype.isEnum()) {
            return Set.of(subtype);
        }
        if (!subtype.isInterface() || !subtype.isSealed()) {
            throw new ConfigException(subtype.getTypeName() + " is permitted by " + under
                    + ", but is neither a record nor an enum nor a sealed interface; make it one [Codecs.records]");
        }
        Set<Class<?>> leaves = new HashSet<>();
        Arrays.stream(subtype.getPermittedSubclasses()).forEach(inner -> leaves.addAll(leaves(inner, under)));
        return leaves;
    }

    private static Form enumForm(Class<?> raw) {
        Enum<?>[] constants = (Enum<?>[]) raw.getEnumConstants();
        List<Tags.Member> members = new ArrayList<>();
        for (Enum<?> constant : constants) {
            try {
                members.add(new Tags.Member(
                        constant.name(), raw.getDeclaredField(constant.name()).getAnnotation(Tag.class)));
            } catch (NoSuchFieldException e) {
                throw new ConfigException(raw.getName() + " has no field for its constant " + constant.name(), e);
            }
        }
        return new EnumForm(raw, constants, Tags.check(raw, members, true), Tags.reserved(raw));
    }
}
