package io.wellspring.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class ReportTest {
    private final Report report = new Report(
            Workload.RELAY,
            new InputPlan(2_000_000, 100_000, 42),
            List.of(
                    run("loop", 0, 1),
                    run("loop", 1, 300_000),
                    run("a<b", 1, 7_000),
                    run("loop", 2, 500_400),
                    run("loop", 3, 400_000)),
            List.of("relay a<b round 2: the contestant ended\nits log"),
            new Report.Origin(
                    Instant.parse("2026-11-22T10:15:30Z"),
                    new Machine(2, "some processor", 8, "Linux amd64", "a JVM 17", "abc1234"),
                    "java -jar x.jar relay",
                    List.of("-Xmx1g")));

    @Test
    void givesTheMedianAndTheSpreadOfTheCountedRuns() {
        assertThat(report.table())
                .contains("| loop | 400,000 (300,000 .. 500,000) |")
                .contains("| a<b | 7,000 (7,000 .. 7,000) |");
    }

    @Test
    void keepsPagePlotsAndRawRuns(@TempDir Path results) throws Exception {
        Path page = report.write(results);
        assertThat(page).hasFileName("2026-11-22-relay-abc1234.md");
        assertThat(page)
                .content()
                .contains("2 cores (some processor)", "`java -jar x.jar relay`", "commit abc1234")
                .contains("relay a<b round 2: the contestant ended");
        assertThat(results.resolve("2026-11-22-relay-abc1234.csv"))
                .content()
                .contains("relay,loop,2,2000000,0.50,500400.000,")
                .hasLineCount(6);
        for (String plot : List.of("rate", "cpu")) {
            String svg = Files.readString(results.resolve("2026-11-22-relay-abc1234-" + plot + ".svg"));
            var document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(svg)));
            assertThat(document.getElementsByTagName("rect").getLength())
                    .as("background and a bar for each contestant")
                    .isEqualTo(3);
        }
    }

    private static Run run(String contestant, int round, double rate) {
        return new Run(Workload.RELAY, contestant, round, 0.5, new Figures(rate, rate, rate, 3, 2));
    }
}
