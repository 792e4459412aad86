package io.wellspring.cep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Those of the cases of {@link RecordedCasesTest} whose pattern fits the kernel, matched by it. */
class RecordedMatchingTest {
    private int fitting;

    @Test
    void agreesWithTheRecordedCasesThatFitTheKernel() throws IOException {
        Path folder = Path.of(System.getProperty("wellspring.cep.cases", "none"));
        assumeThat(folder)
                .as("the folder of recorded cases (system property wellspring.cep.cases)")
                .isDirectory();
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            for (JsonNode json : new ObjectMapper().readTree(file.toFile()).get("cases")) {
                check(json);
            }
        }
        assertThat(fitting).as("cases in %s that fit", folder).isGreaterThan(10);
    }

    private void check(JsonNode json) {
        var recorded = new RecordedPattern();
        Sequence sequence = recorded.build(json.get("pattern"), timesGoBack(json));
        Pattern<Map<String, List<Integer>>> pattern = sequence.select(recorded::ids);
        if (pattern.explain().cost() != Explanation.Cost.CONSTANT || json.has("advanceTime")) {
            return;
        }
        fitting++;
        List<Map<String, List<Integer>>> found = new ArrayList<>();
        Matching<String> matching = Matching.of(pattern, (key, ids) -> found.add(ids));
        json.get("events")
                .forEach(event -> matching.event(
                        "key", RecordedEvent.of(event), event.get("ts").asLong()));
        List<Map<String, List<Integer>>> expected = new ArrayList<>();
        json.get("expected").forEach(match -> expected.add(ids(match)));

        assertThat(found).as(json.get("id").asText()).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static boolean timesGoBack(JsonNode json) {
        long last = Long.MIN_VALUE;
        for (JsonNode event : json.get("events")) {
            if (event.get("ts").asLong() < last) {
                return true;
            }
            last = event.get("ts").asLong();
        }
        return false;
    }

    private static Map<String, List<Integer>> ids(JsonNode match) {
        Map<String, List<Integer>> ids = new TreeMap<>();
        match.properties().forEach(entry -> {
            List<Integer> events = new ArrayList<>();
            entry.getValue().forEach(id -> events.add(id.asInt()));
            ids.put(entry.getKey(), events);
        });
        return ids;
    }
}
