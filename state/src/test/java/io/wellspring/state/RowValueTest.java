package io.wellspring.state;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RowValueTest {
    @Property
    void comesBackAsItWas(@ForAll @LongRange(min = 0) long sequence, @ForAll String state) {
        var text = new TextCodec();
        String sent = new String(
                state.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(RowValue.decode(RowValue.encode(sequence, text.encode(sent)), text::decode))
                .isEqualTo(new Entry<>(sequence, sent));
    }

    @Test
    void hasTheDocumentedLayout() {
        assertThat(RowValue.encode(0, new byte[] {9})).containsExactly(0, 9);
        assertThat(RowValue.encode(127, new byte[] {9})).containsExactly(127, 9);
        assertThat(RowValue.encode(300, new byte[] {9})).containsExactly(0xac, 0x02, 9);
        assertThat(RowValue.encode(Long.MAX_VALUE, new byte[0])).hasSize(9);
    }
}
