package io.wellspring.benchmarks;

import io.wellspring.testkit.kafka.BrokerConfig;
import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line: one broker, one input, every contestant in turn, a report for each workload. */
@Command(
        name = "benchmarks",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Measures workloads beside their peers; see benchmarks/README.md.")
final class BenchmarkCommand implements Callable<Integer> {
    private static final int FAILED = 1;
    private final List<Study> studies = List.of(
            new Recoveries(),
            Latencies.ofLedger(),
            Latencies.ofRelay(),
            new Takeovers(),
            new Scale(),
            new PatternStage());

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1", // a subcommand has none
            paramLabel = "WORKLOAD",
            description = "relay, ledger, all (both), recovery, latency, alternation, takeover, scale or cep-stage")
    private String workload = "";

    @Option(names = "--records", description = "input records")
    private int records = 2_000_000;

    @Option(names = "--accounts", description = "different keys")
    private int accounts = 100_000;

    @Option(names = "--rounds", description = "counted runs of each contestant; a result wants 3 or more")
    private int rounds = 3;

    @Option(names = "--seed", description = "of the input")
    private long seed = 42;

    @Option(
            names = "--contestants",
            split = ",",
            paramLabel = "NAME",
            description = "who runs, in this order, or 'all'; without it all but those that are there for scale")
    private List<String> contestants = new ArrayList<>();

    @Option(names = "--jvm-args", split = " ", paramLabel = "ARG", description = "flags of every contestant's JVM")
    private List<String> jvmArguments = new ArrayList<>(List.of("-Xms512m", "-Xmx1g"));

    @Option(names = "--broker-heap", paramLabel = "MIB", description = "heap of the broker's JVM")
    private int brokerHeapMegabytes = 1_024;

    @Option(names = "--streams-jar", paramLabel = "JAR", description = "the built Kafka Streams module")
    private Path streamsJar = Launcher.defaultStreamsJar();

    @Option(names = "--results", paramLabel = "DIR", description = "where reports go")
    private Path results = Launcher.moduleDirectory().resolve("results");

    @Option(names = "--keep", description = "keep logs and state folders of the contestants")
    private boolean keep;

    private final Clock clock;

    BenchmarkCommand(Clock clock) {
        this.clock = clock;
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchmarkCommand(Clock.systemUTC()))
                .addSubcommand(new PatternCommand(Clock.systemUTC()))
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Optional<Study> study =
                studies.stream().filter(known -> known.title().equals(workload)).findFirst();
        Map<Workload, List<ContestantSpec>> program = study.isPresent() ? Map.of() : program();
        InputPlan plan = plan();
        Report.Origin origin =
                new Report.Origin(clock.instant(), Machine.here(Launcher.moduleDirectory()), again(), jvmArguments);
        Path directory = Files.createTempDirectory("wellspring-benchmarks-");
        // A deleted topic's files go after a minute by default; by then several runs have filled the disk.
        BrokerConfig config = BrokerConfig.defaults()
                .heapMegabytes(brokerHeapMegabytes)
                .property("log.segment.delete.delay.ms", "1000");
        try (KafkaBroker broker = EmbeddedKafka.ownJvm(config)) {
            Bench bench = new Bench(
                    broker.bootstrapServers(),
                    new Launcher(jvmArguments, streamsJar),
                    plan,
                    rounds,
                    contestants,
                    directory,
                    System.out);
            if (study.map(Study::wantsInput).orElse(true)) {
                System.out.printf("writing %,d records to a broker at %s%n", records, broker.bootstrapServers());
                try (BenchmarkTopics topics = new BenchmarkTopics(broker.bootstrapServers())) {
                    topics.produceInput(plan);
                }
            }
            boolean clean = true;
            if (study.isPresent()) {
                StudyReport report = study.get().run(bench);
                System.out.printf("%n%s%nwritten to %s%n", report.table(), report.write(results, origin));
                clean = report.failures().isEmpty();
            }
            for (Map.Entry<Workload, List<ContestantSpec>> part : program.entrySet()) {
                Rounds turn = new Rounds(bench);
                turn.run(part.getKey(), part.getValue(), rounds);
                report(new Report(part.getKey(), plan, turn.runs(), turn.failures(), origin));
                clean &= turn.failures().isEmpty();
            }
            return clean ? 0 : FAILED;
        } finally {
            tidy(directory);
        }
    }

    private void report(Report report) {
        System.out.printf("%n%s%n", report.table());
        System.out.println("written to " + report.write(results));
    }

    private InputPlan plan() {
        try {
            return new InputPlan(records, accounts, seed);
        } catch (IllegalArgumentException outside) {
            throw new ParameterException(spec.commandLine(), outside.getMessage(), outside);
        }
    }

    private Map<Workload, List<ContestantSpec>> program() {
        if (rounds < 1) {
            throw new ParameterException(spec.commandLine(), "--rounds " + rounds + " must be 1 or more");
        }
        Map<Workload, List<ContestantSpec>> program = new LinkedHashMap<>();
        try {
            for (Workload candidate : List.of(Workload.RELAY, Workload.LEDGER)) {
                List<ContestantSpec> runners = Contestants.of(candidate, contestants);
                if (workload.equals("all") || workload.equals(candidate.title())) {
                    program.put(candidate, runners);
                }
            }
        } catch (IllegalArgumentException unknown) {
            throw new ParameterException(spec.commandLine(), unknown.getMessage(), unknown);
        }
        program.values().removeIf(List::isEmpty);
        if (program.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "workload '" + workload + "' is none of relay, ledger, all and " + studyTitles()
                            + ", or nobody named in --contestants runs it");
        }
        return program;
    }

    private String studyTitles() {
        return studies.stream().map(Study::title).collect(Collectors.joining(", "));
    }

    /** The command that repeats this run. */
    private String again() {
        List<String> arguments = spec.commandLine().getParseResult().originalArgs();
        return "java -jar benchmarks/target/wellspring-benchmarks.jar " + String.join(" ", arguments);
    }

    private void tidy(Path directory) throws IOException {
        if (keep) {
            System.out.println("logs and states are in " + directory);
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
