package io.wellspring.api.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.wellspring.api.error.CodecException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CodecsTest {
    @Provide
    Arbitrary<String> texts() {
        return Samples.text();
    }

    @Property
    void utf8KeepsEveryText(@ForAll("texts") String text) {
        assertThat(Codecs.utf8().encode(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(Codecs.utf8().decode(Codecs.utf8().encode(text))).isEqualTo(text);
    }

    @Test
    void utf8RefusesWhatItCannotKeep() {
        assertThatThrownBy(() -> Codecs.utf8().encode("x\udc00"))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("half of a surrogate pair at character 1");
        assertThatThrownBy(() -> Codecs.utf8().decode(new byte[] {(byte) 0xc3}))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("1 bytes are not UTF-8");
    }

    @Property
    void int64KeepsEveryNumberInTheBytesOfKafka(@ForAll long number) {
        byte[] bytes = Codecs.int64().encode(number);

        assertThat(bytes).hasSize(8).startsWith((byte) (number >> 56)).endsWith((byte) number);
        assertThat(Codecs.int64().decode(bytes)).isEqualTo(number);
    }

    @Test
    void int64RefusesOtherLengths() {
        assertThatThrownBy(() -> Codecs.int64().decode(new byte[4]))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("4 bytes where 8 belong");
    }

    @Test
    void bytesAreCopiedOnBothWays() {
        byte[] mine = {1, 2};

        byte[] encoded = Codecs.bytes().encode(mine);
        byte[] decoded = Codecs.bytes().decode(encoded);

        assertThat(encoded).containsExactly(1, 2).isNotSameAs(mine);
        assertThat(decoded).containsExactly(1, 2).isNotSameAs(encoded);
    }

    @Test
    void protobufGivesEqualBytesForEqualMessages() {
        Codec<Struct> structs = Codecs.protobuf(Struct.parser());
        Struct.Builder up = Struct.newBuilder();
        Struct.Builder down = Struct.newBuilder();
        for (int i = 0; i < 50; i++) {
            up.putFields("k" + i, Value.newBuilder().setNumberValue(i).build());
            down.putFields(
                    "k" + (49 - i), Value.newBuilder().setNumberValue(49 - i).build());
        }

        assertThat(structs.encode(up.build())).isEqualTo(structs.encode(down.build()));
        assertThat(structs.decode(structs.encode(up.build()))).isEqualTo(up.build());
    }

    @Test
    void protobufRefusesDamage() throws Exception {
        Codec<FileDescriptorProto> files = Codecs.protobuf(FileDescriptorProto.parser());

        assertThatThrownBy(() -> files.decode(new byte[] {0x0a, 9}))
                .isInstanceOf(CodecException.class)
                .hasMessageStartingWith("protobuf:google.protobuf.FileDescriptorProto cannot be read (");
        assertThat(files.decode(new byte[0])).isEqualTo(FileDescriptorProto.parseFrom(ByteString.EMPTY));
    }

    @Test
    void everyCodecHasANameAndRefusesNull() {
        record One(@Tag(1) int a) {}
        List<Codec<?>> codecs = List.of(
                Codecs.utf8(),
                Codecs.int64(),
                Codecs.bytes(),
                Codecs.protobuf(Struct.parser()),
                Codecs.records(One.class));
        List<String> names = new ArrayList<>();

        for (Codec<?> codec : codecs) {
            names.add(codec.contentName());
            assertThat(codec).hasToString(codec.contentName());
            assertThatThrownBy(() -> codec.encode(null))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("null; null has no encoding");
        }

        assertThat(names)
                .containsExactly(
                        "utf8",
                        "int64",
                        "bytes",
                        "protobuf:google.protobuf.Struct",
                        "records:io.wellspring.api.codec.CodecsTest$1One");
    }

    @Test
    void codecsThatKnowNoUpcastDecodeExactlyOne() {
        assertThat(Codecs.utf8().decodeAll(Codecs.utf8().encode("x"))).containsExactly("x");
    }

    @Test
    void theCodecsTellTheClassOfTheirValues() {
        assertThat(Codecs.utf8().valueType()).contains(String.class);
        assertThat(Codecs.int64().valueType()).contains(Long.class);
        assertThat(Codecs.bytes().valueType()).contains(byte[].class);
        assertThat(Codecs.records(Named.class).valueType()).contains(Named.class);
        assertThat(Codecs.records(new TypeToken<List<String>>() {}).valueType()).contains(List.class);
    }

    record Named(@Tag(1) String name) {}
}
