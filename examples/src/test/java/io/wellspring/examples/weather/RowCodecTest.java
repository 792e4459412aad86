package io.wellspring.examples.weather;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.CodecException;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowCodecTest {
    private final RowCodec codec = new RowCodec(Header.parse("origin,temp,wind_gust,time_hour", "test"));

    @Test
    void aRowIsRead() {
        assertThat(decode("EWR,39.02,41.4,2013-01-01T06:00:00Z"))
                .isEqualTo(new Observation("EWR", Instant.parse("2013-01-01T06:00:00Z"), Optional.of(41.4)));
    }

    @Test
    void naIsAMissingValue() {
        Observation observation = decode("LGA,NA,NA,2013-01-01T06:00:00Z");

        assertThat(observation.gustMph()).isEmpty();
        assertThat(observation.gustsAtLeast(-1)).isFalse();
    }

    @Test
    void quotedFieldsAreFields() {
        assertThat(decode("\"JFK\",\"1\",\"35\",\"2013-01-01T06:00:00Z\"").gustsAtLeast(35))
                .isTrue();
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        Observation observation = decode("EWR,39.02,41.4,2013-01-01T06:00:00Z");

        assertThat(codec.decode(codec.encode(observation))).isEqualTo(observation);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EWR,39.02,41.4",
                "EWR,39.02,41.4,2013-01-01T06:00:00Z,more",
                "EWR,39.02,strong,2013-01-01T06:00:00Z",
                "EWR,warm,41.4,2013-01-01T06:00:00Z",
                "EWR,39.02,,2013-01-01T06:00:00Z",
                "EWR,39.02,NaN,2013-01-01T06:00:00Z",
                "EWR,39.02,41.4,yesterday",
                "EWR,39.02,41.4,NA",
                "SFO,39.02,41.4,2013-01-01T06:00:00Z",
                "\"EWR,39.02,41.4,2013-01-01T06:00:00Z",
                ""
            })
    void anythingElseIsRefused(String row) {
        assertThatThrownBy(() -> decode(row)).isInstanceOf(CodecException.class);
    }

    private Observation decode(String row) {
        return codec.decode(row.getBytes(UTF_8));
    }
}
