package io.wellspring.examples.weather;

import io.wellspring.api.error.CodecException;
import io.wellspring.examples.run.UsageException;
import java.util.List;

/**
 * The first line of the file.
 *
 * @param columns the names of the columns
 * @param origin where the airport stands
 * @param gust where the strongest gust stands
 * @param time where the hour stands
 */
record Header(List<String> columns, int origin, int gust, int time) {
    static final String ORIGIN = "origin";
    static final String GUST = "wind_gust";
    static final String TIME = "time_hour";

    static Header parse(String line, Object file) {
        List<String> columns;
        try {
            columns = List.copyOf(RowCodec.fields(line.strip()));
        } catch (CodecException broken) {
            throw new UsageException("The first line of " + file + " is no header: " + broken.getMessage());
        }
        return new Header(columns, find(columns, ORIGIN, file), find(columns, GUST, file), find(columns, TIME, file));
    }

    private static int find(List<String> columns, String name, Object file) {
        int at = columns.indexOf(name);
        if (at < 0) {
            throw new UsageException(
                    "The first line of " + file + " names no column " + name + "; it must be a header with " + ORIGIN
                            + ", " + GUST + " and " + TIME + " among its columns, but is: " + columns);
        }
        return at;
    }
}
