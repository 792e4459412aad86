package io.wellspring.benchmarks;

import io.wellspring.benchmarks.PatternOutcome.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Does the cost of an event depend on the window, and how does it stand beside the peers? Patterns matched in memory by one thread, with windows from
 * 100 to 100,000 events. Needs no broker.
 */
@Command(
        name = "cep",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Matches patterns in memory, beside FlinkCEP, Esper and Siddhi; see benchmarks/README.md.")
final class PatternCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @Spec
    private CommandSpec spec;

    @Option(names = "--rounds", description = "counted runs of each cell and contestant; a result wants 3 or more")
    private int rounds = 3;

    @Option(names = "--seconds", description = "CPU time measured in each run, after at least as much to warm up")
    private double seconds = 1;

    @Option(
            names = "--limit",
            paramLabel = "SECONDS",
            description = "CPU time; who has not filled the window by then is told as such")
    private double limitSeconds = 20;

    @Option(names = "--lines", split = ",", paramLabel = "NAME", description = "patterns; without it all")
    private List<String> lineNames = new ArrayList<>();

    @Option(names = "--windows", split = ",", paramLabel = "EVENTS", description = "windows; without it all")
    private List<Integer> windows = new ArrayList<>();

    @Option(names = "--contestants", split = ",", paramLabel = "NAME", description = "who runs; without it all")
    private List<String> contestantNames = new ArrayList<>();

    @Option(names = "--onto", paramLabel = "CSV", description = "runs of former calls, which the results then hold too")
    private Path onto;

    @Option(names = "--jvm-args", split = " ", paramLabel = "ARG", description = "flags of every contestant's JVM")
    private List<String> jvmArguments = new ArrayList<>(List.of("-Xms1g", "-Xmx3g", "-XX:+UseParallelGC"));

    @Option(names = "--peers-jar", paramLabel = "JAR", description = "the built module of the peers")
    private Path peersJar = Launcher.defaultPeersJar();

    @Option(names = "--results", paramLabel = "DIR", description = "where reports go")
    private Path results = Launcher.moduleDirectory().resolve("results");

    private final Clock clock;

    PatternCommand(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        List<PatternLine> lines;
        List<PatternContestant> contestants;
        try {
            lines = lineNames.isEmpty()
                    ? PatternLine.ALL
                    : lineNames.stream().map(PatternLine::named).toList();
            contestants = contestantNames.isEmpty()
                    ? List.of(PatternContestant.values())
                    : contestantNames.stream().map(PatternContestant::named).toList();
        } catch (IllegalArgumentException unknown) {
            throw new ParameterException(spec.commandLine(), unknown.getMessage(), unknown);
        }
        Machine machine = Machine.here(Launcher.moduleDirectory());
        double loadBefore = Machine.loadAverage();
        List<PatternOutcome> outcomes = new ArrayList<>();
        if (onto != null) {
            outcomes.addAll(PatternTable.read(onto).outcomes());
        }
        var runner = new PatternRunner(jvmArguments, peersJar, seconds, limitSeconds);
        for (PatternLine line : lines) {
            for (int window : line.windows()) {
                if (windows.isEmpty() || windows.contains(window)) {
                    run(runner, line, window, contestants, outcomes);
                }
            }
        }
        PatternTable table = new PatternTable(outcomes);
        System.out.printf("%n%s%n", table.markdown());
        System.out.println("written to " + write(table, machine, loadBefore));
        return outcomes.stream().anyMatch(outcome -> outcome.end() == End.FAILED) ? FAILED : 0;
    }

    private void run(
            PatternRunner runner,
            PatternLine line,
            int window,
            List<PatternContestant> contestants,
            List<PatternOutcome> outcomes) {
        for (int round = 1; round <= rounds; round++) {
            for (PatternContestant contestant : contestants) {
                // Who could not do it once would take as long again to tell the same.
                boolean hopeless = new PatternTable(outcomes).hasGivenUp(line, window, contestant);
                if (contestant.expresses(line.mode()) && !hopeless) {
                    PatternOutcome outcome = runner.run(line, window, contestant, round);
                    System.out.println(outcome.progress());
                    outcomes.add(outcome);
                }
            }
        }
    }

    private Path write(PatternTable table, Machine machine, double loadBefore) throws IOException {
        Files.createDirectories(results);
        String name = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC) + "-cep-"
                + machine.commit().replace("+", "-changed");
        table.write(results.resolve(name + ".csv"));
        Files.writeString(results.resolve(name + ".svg"), PatternPlot.svg(table));
        List<String> page = List.of(
                "# cep",
                "",
                "Patterns matched in memory by one thread, each run in a JVM of its own: events a second of the thread's CPU time (the CSV has the time on the wall too), median (least .. most) of the runs, contestants"
                        + " in turn. Bytes are those that the thread allocated, the most of all runs; live is what the matcher held after a full"
                        + " collection, in the last run at the least and the largest window that it managed. Before each run all contestants'"
                        + " matches of one stream, as far as they came in 1 s, were counted and equal to Wellspring's. \"> limit\": the window was not"
                        + " full in time.",
                "",
                "- date: " + LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC) + ", commit " + machine.commit(),
                "- machine: " + machine.cores() + " cores (" + machine.processor() + "), " + machine.memoryGib()
                        + " GiB, " + machine.system() + ", load average before "
                        + String.format(Locale.ROOT, "%.2f", loadBefore),
                "- JVM: " + machine.jvm() + "; contestants with `" + String.join(" ", jvmArguments) + "`",
                "- command: `java -jar benchmarks/target/wellspring-benchmarks.jar "
                        + String.join(" ", spec.commandLine().getParseResult().originalArgs())
                        + "`",
                "- input: types uniform over all step types but the last and 6 noise types, 1 ms apart; the last type never comes, so all partial"
                        + " matches live as long as the window, or, where matches are listed, every 1,000th event; with 10,000 keys, which take turns, the"
                        + " window holds 100 events of each",
                "- peers: FlinkCEP 2.3.0 (its automaton and shared buffer, with hash maps for state, without operator, timers and serialisation),"
                        + " Esper 9.0.0, Siddhi 5.1.30",
                "",
                table.markdown(),
                "![events per second by window](" + name + ".svg)",
                "",
                "Raw runs: [" + name + ".csv](" + name + ".csv).",
                "");
        return Files.writeString(results.resolve(name + ".md"), String.join("\n", page));
    }
}
