package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.CodecException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class RecordScopeTest {
    private final RecordScope scope = new RecordScope(
            topic -> topic.equals("narrow") ? 100 : 1_000_000,
            topic -> topic.equals("near") ? 500 : Long.MAX_VALUE,
            Clock.fixed(Instant.ofEpochMilli(1_000), ZoneOffset.UTC));

    @Test
    void holdsSendsInTheirOrderAndKnowsEvents() {
        scope.append("journal", 2, 7, new byte[1], new byte[2]);
        scope.send("out", -1, 8, null, new byte[3], null);
        assertThat(scope.sends()).extracting(RecordScope.Send::topic).containsExactly("journal", "out");
        assertThat(scope.sends()).extracting(RecordScope.Send::event).containsExactly(true, false);
    }

    @Test
    void takesBackWhatCameBehindAMark() {
        scope.send("one", -1, 0, null, new byte[1], null);
        int mark = scope.mark();
        scope.send("two", -1, 0, null, new byte[1], null);
        scope.rollbackTo(mark);
        assertThat(scope.sends()).extracting(RecordScope.Send::topic).containsExactly("one");
        scope.clear();
        assertThat(scope.sends()).isEmpty();
    }

    @Test
    void refusesARecordThatTheBrokerWouldRefuseAndHoldsNothingOfIt() {
        assertThatThrownBy(() -> scope.send("narrow", -1, 0, null, new byte[101], null))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining(
                        "for topic narrow is larger than the 100 bytes that producer and broker take; nothing of"
                                + " it was sent. Make it smaller, or raise max.message.bytes");
        assertThat(scope.sends()).isEmpty();
    }

    @Test
    void refusesATimestampThatTheBrokerWouldRefuse() {
        scope.send("near", -1, 1_500, null, new byte[1], null);

        assertThatThrownBy(() -> scope.send("near", -1, 1_501, null, new byte[1], null))
                .isInstanceOf(CodecException.class)
                .hasMessageContainingAll(
                        "1970-01-01T00:00:01.501Z", "500 ms", "topic near", "message.timestamp.after.max.ms");
        assertThat(scope.sends()).hasSize(1);
    }
}
