package io.wellspring.api.codec;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Prints what a codec writes as a proto3 file. */
final class SchemaPrinter {
    private SchemaPrinter() {}

    static String print(ClosedType rootType, MessageForm root) {
        SchemaNames names = new SchemaNames();
        String rootName = root.protoType(names);
        Block block = new Block();
        for (Definition next = names.next(); next != null; next = names.next()) {
            next.print(block, names);
        }
        StringBuilder file = new StringBuilder("// The bytes of ")
                .append(rootType)
                .append(", message ")
                .append(rootName)
                .append(". Printed by Wellspring.\nsyntax = \"proto3\";\n");
        String javaPackage = rootType.raw().getPackageName();
        if (!javaPackage.isEmpty()) {
            String protoPackage = Arrays.stream(javaPackage.split("\\."))
                    .map(SchemaNames::part)
                    .collect(Collectors.joining("."));
            file.append("package ").append(protoPackage).append(";\n");
        }
        names.imports().forEach(path -> file.append("import \"").append(path).append("\";\n"));
        return file.append(block.text).toString();
    }

    /** The body of the file: blocks, indented. */
    static final class Block {
        private final StringBuilder text = new StringBuilder();
        private final Set<String> takenInMessage = new HashSet<>();
        private String indent = "";

        void open(String header, String comment) {
            if (indent.isEmpty()) {
                takenInMessage.clear();
                text.append('\n');
            }
            line(header + " {", comment);
            indent += "  ";
        }

        void close() {
            indent = indent.substring(2);
            line("}", "");
        }

        void reserved(int[] tags) {
            if (tags.length > 0) {
                String list = Arrays.stream(tags)
                        .distinct()
                        .sorted()
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(", "));
                line("reserved " + list + ";", "");
            }
        }

        void field(Content content, String javaName, SchemaNames names) {
            line(content.declare(names, unique(javaName, content.tag)) + " = " + content.tag + ';', content.comment());
        }

        void oneof(OneofForm.Variant[] variants, SchemaNames names) {
            String name = "kind";
            takenInMessage.add(name);
            open("oneof " + name, "");
            for (OneofForm.Variant variant : variants) {
                line(
                        variant.form().protoType(names) + ' ' + unique(variant.typeName(), variant.tag()) + " = "
                                + variant.tag() + (variant.upcast() == null ? ";" : " [deprecated = true];"),
                        variant.upcast() == null ? "" : "removed; only read");
            }
            close();
        }

        void constant(String name, int tag) {
            line(unique(name, tag).toUpperCase(Locale.ROOT) + " = " + tag + ';', "");
        }

        // Two names that differ only in case and underscores have one name in JSON, which protoc refuses.
        private String unique(String javaName, int tag) {
            String name = SchemaNames.snake(javaName);
            return takenInMessage.add(name.replace("_", "")) ? name : name + "_tag" + tag;
        }

        private void line(String content, String comment) {
            text.append(indent).append(content);
            if (!comment.isEmpty()) {
                text.append(" // ").append(comment.replaceAll("\\R", " "));
            }
            text.append('\n');
        }
    }
}
