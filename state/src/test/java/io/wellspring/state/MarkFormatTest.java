package io.wellspring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.SnapshotMark;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MarkFormatTest {
    @Test
    void comesBackAsItWas() {
        var bare = new SnapshotMark("p", "p-0", List.of(), List.of(), Long.MIN_VALUE, 0);
        for (SnapshotMark mark : List.of(bare, Marks.at(0), Marks.at(Long.MAX_VALUE / 2))) {
            assertThat(MarkFormat.decode(MarkFormat.encode(mark))).isEqualTo(mark);
        }
    }

    @Test
    void refusesAnotherFormatAndNamesBoth() {
        byte[] newer = MarkFormat.encode(Marks.at(1));
        newer[0] = 2;
        assertThatThrownBy(() -> MarkFormat.decode(newer))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("format 2")
                .hasMessageContaining("format 1");
        assertThatThrownBy(() -> MarkFormat.decode(new byte[0])).isInstanceOf(CorruptException.class);
    }

    @Test
    void refusesDamagedBytes() {
        byte[] whole = MarkFormat.encode(Marks.at(1));
        byte[] torn = Arrays.copyOf(whole, whole.length - 3);
        assertThatThrownBy(() -> MarkFormat.decode(torn))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("damaged");
    }
}
