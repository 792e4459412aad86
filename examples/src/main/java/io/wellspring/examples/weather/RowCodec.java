package io.wellspring.examples.weather;

import static java.nio.charset.StandardCharsets.UTF_8;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.CodecException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One line of the file, as text. Strict: a line with too few or too many fields, or with a field that is not what its column holds, is refused,
 * so that it ends among the dead letters and not as a wrong observation. Fields that {@link Observation} has no place for are checked all the same,
 * and written as missing.
 */
final class RowCodec implements Codec<Observation> {
    private static final String MISSING = "NA";

    private final Header header;

    RowCodec(Header header) {
        this.header = header;
    }

    @Override
    public String contentName() {
        return "weather-row";
    }

    @Override
    public byte[] encode(Observation observation) {
        List<String> fields = new ArrayList<>();
        for (int column = 0; column < header.columns().size(); column++) {
            fields.add(field(observation, column));
        }
        return String.join(",", fields).getBytes(UTF_8);
    }

    @Override
    public Observation decode(byte[] line) {
        List<String> fields = fields(new String(line, UTF_8));
        if (fields.size() != header.columns().size()) {
            throw new CodecException("The row has " + fields.size() + " fields instead of "
                    + header.columns().size());
        }
        Optional<Double> gust = Optional.empty();
        for (int column = 0; column < fields.size(); column++) {
            if (column == header.gust()) {
                gust = number(column, fields.get(column));
            } else if (column != header.origin() && column != header.time()) {
                number(column, fields.get(column));
            }
        }
        String origin = fields.get(header.origin());
        if (Airport.of(origin).isEmpty()) {
            throw new CodecException("The row is of '" + origin + "', which is none of the airports");
        }
        return new Observation(origin, time(fields.get(header.time())), gust);
    }

    /** The fields of one line. */
    static List<String> fields(String line) {
        try {
            return CsvReader.builder()
                    .skipEmptyLines(false)
                    .ofSingleCsvRecord(line)
                    .getFields();
        } catch (CsvParseException broken) {
            throw new CodecException("The row is no CSV: " + broken.getMessage(), broken);
        }
    }

    private String field(Observation observation, int column) {
        if (column == header.origin()) {
            return observation.origin();
        }
        if (column == header.time()) {
            return observation.time().toString();
        }
        return column == header.gust()
                ? observation.gustMph().map(mph -> Double.toString(mph)).orElse(MISSING)
                : MISSING;
    }

    private Optional<Double> number(int column, String text) {
        if (text.equals(MISSING)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new BigDecimal(text).doubleValue());
        } catch (NumberFormatException noNumber) {
            throw new CodecException(
                    "Column " + header.columns().get(column) + " holds '" + text + "', which is neither a number nor "
                            + MISSING,
                    noNumber);
        }
    }

    private Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException noTime) {
            throw new CodecException(
                    "Column " + Header.TIME + " holds '" + text + "', which is no time such as 2013-01-01T06:00:00Z",
                    noTime);
        }
    }
}
