package io.wellspring.cep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Cases recorded from another engine, read from the folder named by {@code wellspring.cep.cases}. */
@SuppressWarnings("SystemOut") // the line is what the command is run for
class RecordedCasesTest {
    private final List<String> failed = new ArrayList<>();
    private final List<String> unsupported = new ArrayList<>();
    private int passed;

    @Test
    void agreesWithTheRecordedCases() throws IOException {
        String folder = System.getProperty("wellspring.cep.cases", "");
        if (folder.isEmpty() || !Files.isDirectory(Path.of(folder))) {
            String missing = "no recorded cases are run: the folder '" + folder
                    + "' (system property wellspring.cep.cases) does not exist";
            System.out.println(missing);
            abort(missing);
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(Path.of(folder))) {
            files = all.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            for (JsonNode json : new ObjectMapper().readTree(file.toFile()).get("cases")) {
                run(json);
            }
        }
        report();
        assertThat(passed + failed.size()).as("cases in %s", folder).isPositive();
        if (!failed.isEmpty()) {
            fail(failed.size() + " recorded cases failed:\n" + String.join("\n", failed));
        }
    }

    private void run(JsonNode json) {
        String id = json.get("id").asText();
        try {
            String differences = new RecordedCase(json).differences();
            if (differences.isEmpty()) {
                passed++;
            } else {
                failed.add(id + ": " + differences);
            }
        } catch (UnsupportedCase e) {
            unsupported.add(id + ": " + e.getMessage());
        } catch (RuntimeException | AssertionError e) {
            failed.add(id + ": " + e);
        }
    }

    private void report() {
        System.out.println(
                "cases: " + passed + " passed, " + failed.size() + " failed, " + unsupported.size() + " unsupported");
        failed.forEach(line -> System.out.println("failed " + line));
        unsupported.forEach(line -> System.out.println("unsupported " + line));
    }
}
