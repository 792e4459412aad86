package io.wellspring.examples.weather;

import io.wellspring.examples.run.Cluster;
import io.wellspring.examples.run.Terminal;
import io.wellspring.examples.run.UsageException;
import io.wellspring.examples.run.Workspace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Finds storm fronts in a year of hourly weather at three airports. */
@Command(
        name = "weather",
        description =
                "Storm fronts in real weather: a strong gust at EWR, then at LGA, then at JFK, within some hours; a pattern over three"
                        + " topics merged by event time.",
        mixinStandardHelpOptions = true)
public final class WeatherCommand implements Callable<Integer> {
    @Option(
            names = "--input",
            required = true,
            paramLabel = "FILE",
            description = "CSV with a header: origin, wind_gust, time_hour and others")
    private Path input = Path.of("");

    @Option(names = "--gust", defaultValue = "35", description = "what counts as a strong gust, mph (${DEFAULT-VALUE})")
    private double gustMph;

    @Option(
            names = "--hours",
            defaultValue = "3",
            description = "the first and last gust lie less than this apart, 1 to 1000 (${DEFAULT-VALUE})")
    private int hours;

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description = "a Kafka cluster to run on instead of an embedded broker")
    private String bootstrap;

    /** Made by the command line. */
    public WeatherCommand() {}

    /**
     * Runs over the file and prints the fronts.
     *
     * @return 0
     */
    @Override
    public Integer call() {
        if (hours < 1 || hours > 1_000) {
            throw new UsageException("--hours=" + hours + " is outside 1..1000");
        }
        if (!Double.isFinite(gustMph)) {
            throw new UsageException("--gust=" + gustMph + " is no number of miles per hour");
        }
        WeatherFile file = WeatherFile.open(input);
        Terminal terminal = Terminal.standard();
        try (Workspace workspace = Workspace.open("weather", bootstrap, false, terminal);
                Cluster cluster = Cluster.connect(workspace.bootstrap())) {
            var topics = new WeatherTopics(workspace.prefix());
            WeatherRun.Result result;
            try {
                result = new WeatherRun(
                                cluster,
                                workspace.bootstrap(),
                                workspace.directory().resolve("state"),
                                topics,
                                terminal)
                        .over(file, gustMph, Duration.ofHours(hours));
            } finally {
                workspace.deleteFrom(cluster, WeatherPipeline.name(topics), terminal);
            }
            for (Front front : result.fronts()) {
                terminal.line(
                        "front: EWR " + front.newark() + "  LGA " + front.laGuardia() + "  JFK " + front.kennedy());
            }
            terminal.line("malformed: " + result.malformed());
            terminal.line("fronts: " + result.fronts().size());
            return 0;
        }
    }
}
