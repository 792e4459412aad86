package io.wellspring.examples.weather;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.wellspring.api.error.CodecException;
import io.wellspring.examples.run.UsageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The file, read for its lines only: the bytes of a line go to a topic as they are, and what they mean is the pipeline's concern. Empty lines
 * are passed over.
 */
final class WeatherFile {
    /** What some editors write in front of UTF-8, read as Latin-1. */
    private static final String BYTE_ORDER_MARK = "ï»¿";

    private final Path path;
    private final Header header;

    private WeatherFile(Path path, Header header) {
        this.path = path;
        this.header = header;
    }

    /**
     * Reads the header.
     *
     * @throws UsageException when there is no such file, or its first line is no header
     */
    static WeatherFile open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new UsageException(
                    "There is no file " + path.toAbsolutePath() + "; give --input a CSV file of hourly weather");
        }
        try (BufferedReader in = reader(path)) {
            String first = in.readLine();
            if (first == null) {
                throw new UsageException("The file " + path + " is empty; its first line must be a header");
            }
            return new WeatherFile(path, Header.parse(withoutMark(first), path));
        } catch (IOException unreadable) {
            throw new UsageException("The file " + path + " cannot be read: " + unreadable);
        }
    }

    Header header() {
        return header;
    }

    /**
     * The lines behind the header.
     *
     * @return a stream, to be closed
     */
    Stream<Line> lines() {
        try {
            BufferedReader in = reader(path);
            return in.lines()
                    .skip(1)
                    .filter(text -> !text.isBlank())
                    .map(text -> new Line(text.getBytes(ISO_8859_1), airport(text)))
                    .onClose(() -> close(in));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("The file " + path + " cannot be read", unreadable);
        }
    }

    private Optional<Airport> airport(String text) {
        try {
            List<String> fields = RowCodec.fields(text);
            return header.origin() < fields.size() ? Airport.of(fields.get(header.origin())) : Optional.empty();
        } catch (CodecException noCsv) {
            return Optional.empty();
        }
    }

    /** Latin-1 gives every byte a character and back, so a line in whatever encoding stays as it is. */
    private static BufferedReader reader(Path path) throws IOException {
        return Files.newBufferedReader(path, ISO_8859_1);
    }

    private static String withoutMark(String first) {
        String text = first.startsWith(BYTE_ORDER_MARK) ? first.substring(BYTE_ORDER_MARK.length()) : first;
        return new String(text.getBytes(ISO_8859_1), UTF_8);
    }

    private static void close(BufferedReader in) {
        try {
            in.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * A line.
     *
     * @param bytes as they are in the file
     * @param airport whose it is, empty where it does not say so
     */
    record Line(byte[] bytes, Optional<Airport> airport) {}
}
