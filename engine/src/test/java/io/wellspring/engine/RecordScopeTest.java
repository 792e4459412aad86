package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.CodecException;
import org.junit.jupiter.api.Test;

class RecordScopeTest {
    private final RecordScope scope = new RecordScope(topic -> topic.equals("narrow") ? 100 : 1_000_000);

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
}
