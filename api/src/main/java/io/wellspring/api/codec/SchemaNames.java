package io.wellspring.api.codec;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Names of a schema's types: each once, in the order in which they are met, and what is still to be printed. */
final class SchemaNames {
    private final Map<Definition, String> names = new HashMap<>();
    private final Set<String> taken = new HashSet<>();
    private final Set<String> imports = new TreeSet<>();
    private final Deque<Definition> unprinted = new ArrayDeque<>();

    String of(Definition definition) {
        String known = names.get(definition);
        if (known != null) {
            return known;
        }
        String wanted = definition.shortName(this);
        String name = wanted;
        for (int i = 2; !taken.add(name.toUpperCase(Locale.ROOT)); i++) {
            name = wanted + '_' + i;
        }
        names.put(definition, name);
        unprinted.add(definition);
        return name;
    }

    /** Notes a file to import, and gives the name with a dot before it, which no package can hide. */
    String imported(String fullName, String file) {
        imports.add(file);
        return '.' + fullName;
    }

    Set<String> imports() {
        return imports;
    }

    /** The next type to print, or null. */
    Definition next() {
        return unprinted.poll();
    }

    /** A Java name or a schema's type name as part of an identifier. */
    static String part(String name) {
        StringBuilder text = new StringBuilder();
        String last = name.substring(name.lastIndexOf('.') + 1);
        last.chars().forEach(c -> {
            if (c == '_' || (c < 0x80 && Character.isLetterOrDigit(c))) {
                text.append((char) c);
            } else {
                text.append('u').append(Integer.toHexString(c));
            }
        });
        return text.toString();
    }

    /** {@code eventTime} and {@code EventTime} as {@code event_time}. */
    static String snake(String name) {
        StringBuilder text = new StringBuilder();
        String part = part(name);
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            boolean wordBegins = Character.isUpperCase(c)
                    && i > 0
                    && part.charAt(i - 1) != '_'
                    && (!Character.isUpperCase(part.charAt(i - 1))
                            || (i + 1 < part.length() && Character.isLowerCase(part.charAt(i + 1))));
            text.append(wordBegins ? "_" : "").append(Character.toLowerCase(c));
        }
        return text.toString();
    }
}
