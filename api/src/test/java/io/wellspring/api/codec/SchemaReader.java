package io.wellspring.api.codec;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.TimestampProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the proto3 that a codec prints into protobuf-java's own descriptors, which then read the codec's bytes: so the schema
 * is used, not compared. It understands just what the printer prints; protobuf-java checks the result.
 */
final class SchemaReader {
    private static final Pattern FIELD = Pattern.compile(
            "(optional |repeated |)([\\w.]+|map<\\w+, [\\w.]+>) (\\w+) = (\\d+)( \\[deprecated = true\\])?;");
    private static final Pattern CONSTANT = Pattern.compile("(\\w+) = (\\d+);");
    private static final Pattern MAP = Pattern.compile("map<(\\w+), ([\\w.]+)>");

    private final Iterator<String> lines;
    private final Set<String> enums = new HashSet<>();
    private final FileDescriptorProto.Builder file =
            FileDescriptorProto.newBuilder().setName("printed.proto").setSyntax("proto3");

    private SchemaReader(String schema) {
        lines = Arrays.stream(schema.split("\n"))
                .map(line -> line.replaceAll("//.*", "").trim())
                .filter(line -> !line.isEmpty())
                .iterator();
        Matcher names = Pattern.compile("(?m)^enum (\\w+)").matcher(schema);
        while (names.find()) {
            enums.add(names.group(1));
        }
    }

    static FileDescriptor read(String schema) throws DescriptorValidationException {
        return new SchemaReader(schema).file();
    }

    private FileDescriptor file() throws DescriptorValidationException {
        while (lines.hasNext()) {
            String line = lines.next();
            String[] words = line.split("[ ;\"]+", -1);
            switch (words[0]) {
                case "syntax" -> {}
                case "package" -> file.setPackage(words[1]);
                case "import" -> file.addDependency(words[1]);
                case "message" -> file.addMessageType(message(words[1]));
                case "enum" -> file.addEnumType(enumType(words[1]));
                default -> throw new IllegalArgumentException("cannot read: " + line);
            }
        }
        FileDescriptor[] imported = {TimestampProto.getDescriptor(), DurationProto.getDescriptor()};
        FileDescriptor[] wanted = Arrays.stream(imported)
                .filter(each -> file.getDependencyList().contains(each.getName()))
                .toArray(FileDescriptor[]::new);
        return FileDescriptor.buildFrom(file.build(), wanted);
    }

    private DescriptorProto message(String name) {
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
        List<FieldDescriptorProto.Builder> optionals = new ArrayList<>();
        boolean inOneof = false;
        for (String line = lines.next(); inOneof || !line.equals("}"); line = lines.next()) {
            if (line.equals("}")) {
                inOneof = false;
            } else if (line.startsWith("oneof ")) {
                inOneof = true;
                message.addOneofDecl(OneofDescriptorProto.newBuilder().setName(line.split(" ", -1)[1]));
            } else if (line.startsWith("reserved ")) {
                for (String number : line.substring(9, line.length() - 1).split(", ", -1)) {
                    message.addReservedRangeBuilder()
                            .setStart(Integer.parseInt(number))
                            .setEnd(Integer.parseInt(number) + 1);
                }
            } else {
                FieldDescriptorProto.Builder field = field(line, message);
                if (inOneof) {
                    field.setOneofIndex(0);
                }
                if (line.startsWith("optional ")) {
                    optionals.add(field);
                }
            }
        }
        // What protoc makes of proto3 optional: a oneof of one, after all others.
        for (FieldDescriptorProto.Builder field : optionals) {
            field.setProto3Optional(true).setOneofIndex(message.getOneofDeclCount());
            message.addOneofDecl(OneofDescriptorProto.newBuilder().setName('_' + field.getName()));
        }
        return message.build();
    }

    private FieldDescriptorProto.Builder field(String line, DescriptorProto.Builder message) {
        Matcher matcher = FIELD.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("cannot read: " + line);
        }
        FieldDescriptorProto.Builder field = message.addFieldBuilder()
                .setName(matcher.group(3))
                .setNumber(Integer.parseInt(matcher.group(4)))
                .setLabel(
                        matcher.group(1).equals("repeated ")
                                ? FieldDescriptorProto.Label.LABEL_REPEATED
                                : FieldDescriptorProto.Label.LABEL_OPTIONAL);
        Matcher map = MAP.matcher(matcher.group(2));
        if (!map.matches()) {
            return type(field, matcher.group(2));
        }
        // protoc: a nested message named after the field, in camel case.
        StringBuilder entryName = new StringBuilder();
        for (String word : matcher.group(3).split("_", -1)) {
            entryName.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
        }
        DescriptorProto.Builder entry =
                message.addNestedTypeBuilder().setName(entryName.append("Entry").toString());
        entry.getOptionsBuilder().setMapEntry(true);
        type(entry.addFieldBuilder().setName("key").setNumber(1), map.group(1));
        type(entry.addFieldBuilder().setName("value").setNumber(2), map.group(2));
        entry.getFieldBuilderList().forEach(each -> each.setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL));
        return field.setLabel(FieldDescriptorProto.Label.LABEL_REPEATED)
                .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
                .setTypeName(entry.getName());
    }

    private FieldDescriptorProto.Builder type(FieldDescriptorProto.Builder field, String name) {
        for (FieldDescriptorProto.Type scalar : FieldDescriptorProto.Type.values()) {
            if (scalar.name().equals("TYPE_" + name.toUpperCase(Locale.ROOT))) {
                return field.setType(scalar);
            }
        }
        return field.setType(
                        enums.contains(name)
                                ? FieldDescriptorProto.Type.TYPE_ENUM
                                : FieldDescriptorProto.Type.TYPE_MESSAGE)
                .setTypeName(name);
    }

    private EnumDescriptorProto enumType(String name) {
        EnumDescriptorProto.Builder type = EnumDescriptorProto.newBuilder().setName(name);
        for (String line = lines.next(); !line.equals("}"); line = lines.next()) {
            if (line.startsWith("reserved ")) {
                for (String number : line.substring(9, line.length() - 1).split(", ", -1)) {
                    type.addReservedRangeBuilder() // ends of an enum's ranges are inclusive
                            .setStart(Integer.parseInt(number))
                            .setEnd(Integer.parseInt(number));
                }
                continue;
            }
            Matcher matcher = CONSTANT.matcher(line);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("cannot read: " + line);
            }
            type.addValue(EnumValueDescriptorProto.newBuilder()
                    .setName(matcher.group(1))
                    .setNumber(Integer.parseInt(matcher.group(2))));
        }
        return type.build();
    }
}
