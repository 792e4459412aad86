package io.wellspring.examples.weather;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Fronts by plain loops over the file's text, sharing nothing with the program: at each strong gust at JFK it looks back for the earliest one at
 * EWR that is young enough and followed by one at LGA.
 */
final class FrontSearch {
    private static final List<String> ORDER = List.of("EWR", "LGA", "JFK");

    private FrontSearch() {}

    private record Gust(Instant time, int airport) {}

    static List<Front> in(Path csv, double gustMph, Duration window) throws IOException {
        return in(Files.readAllLines(csv), gustMph, window);
    }

    static List<Front> in(List<String> lines, double gustMph, Duration window) {
        List<Gust> gusts = strong(lines, gustMph);
        List<Front> fronts = new ArrayList<>();
        int from = 0;
        for (int last = 0; last < gusts.size(); last++) {
            if (gusts.get(last).airport() == 2) {
                Optional<Front> front = endingAt(gusts, from, last, window);
                if (front.isPresent()) {
                    fronts.add(front.get());
                    from = last + 1;
                }
            }
        }
        return fronts;
    }

    private static List<Gust> strong(List<String> lines, double gustMph) {
        List<String> header = List.of(lines.get(0).split(",", -1));
        List<Gust> gusts = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            List<String> fields = List.of(line.split(",", -1));
            String gust = fields.get(header.indexOf("wind_gust"));
            if (!gust.equals("NA") && Double.parseDouble(gust) >= gustMph) {
                gusts.add(new Gust(
                        Instant.parse(fields.get(header.indexOf("time_hour"))),
                        ORDER.indexOf(fields.get(header.indexOf("origin")))));
            }
        }
        gusts.sort(Comparator.comparing(Gust::time).thenComparing(Gust::airport));
        return gusts;
    }

    private static Optional<Front> endingAt(List<Gust> gusts, int from, int last, Duration window) {
        Instant end = gusts.get(last).time();
        for (int first = from; first < last; first++) {
            Instant start = gusts.get(first).time();
            if (gusts.get(first).airport() != 0 || Duration.between(start, end).compareTo(window) >= 0) {
                continue;
            }
            for (int middle = first + 1; middle < last; middle++) {
                if (gusts.get(middle).airport() == 1) {
                    return Optional.of(new Front(start, gusts.get(middle).time(), end));
                }
            }
        }
        return Optional.empty();
    }
}
