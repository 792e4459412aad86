package io.wellspring.benchmarks.contestant;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one contestant does in one run, handed over as {@code name=value} arguments of its main method.
 *
 * @param workload the name of the workload, such as {@code relay}
 * @param bootstrapServers where the broker is
 * @param inputTopic where to read from, from the beginning
 * @param outputTopic where to write to; exists, empty, with as many partitions as the input
 * @param runId new for every run: group, application id, transactional id or pipeline name
 * @param stateDirectory an empty folder of this run
 * @param options what makes a variant of the contestant, such as {@code profile=tuned}
 */
public record ContestantSettings(
        String workload,
        String bootstrapServers,
        String inputTopic,
        String outputTopic,
        String runId,
        Path stateDirectory,
        Map<String, String> options) {
    /** The commit interval of every contestant, in milliseconds. */
    public static final int COMMIT_INTERVAL_MILLIS = 100;

    private static final String OPTION = "option.";

    /**
     * Copies the options.
     *
     * @param workload the name of the workload
     * @param bootstrapServers where the broker is
     * @param inputTopic where to read from
     * @param outputTopic where to write to
     * @param runId new for every run
     * @param stateDirectory an empty folder of this run
     * @param options what makes a variant of the contestant
     */
    public ContestantSettings {
        options = Map.copyOf(options);
    }

    /**
     * Reads the arguments of a main method.
     *
     * @param arguments as {@link #toArguments} wrote them
     * @return the settings
     * @throws IllegalArgumentException if one is missing or has no name; the message says which
     */
    public static ContestantSettings parse(String[] arguments) {
        Map<String, String> named = new TreeMap<>();
        Map<String, String> options = new TreeMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "argument '" + argument + "' is not name=value [ContestantSettings]");
            }
            String name = argument.substring(0, equals);
            String value = argument.substring(equals + 1);
            if (name.startsWith(OPTION)) {
                options.put(name.substring(OPTION.length()), value);
            } else {
                named.put(name, value);
            }
        }
        return new ContestantSettings(
                required(named, "workload"),
                required(named, "bootstrap"),
                required(named, "input"),
                required(named, "output"),
                required(named, "run"),
                Path.of(required(named, "state")),
                options);
    }

    private static String required(Map<String, String> named, String name) {
        String value = named.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "argument " + name
                            + "= is missing [ContestantSettings]; contestants are started by the harness, see benchmarks/README.md");
        }
        return value;
    }

    /**
     * Writes the settings as arguments of a main method.
     *
     * @return one {@code name=value} for each
     */
    public List<String> toArguments() {
        List<String> arguments = new ArrayList<>(List.of(
                "workload=" + workload,
                "bootstrap=" + bootstrapServers,
                "input=" + inputTopic,
                "output=" + outputTopic,
                "run=" + runId,
                "state=" + stateDirectory));
        new TreeMap<>(options).forEach((name, value) -> arguments.add(OPTION + name + "=" + value));
        return arguments;
    }

    /**
     * Says whether the Kafka clients are tuned for throughput, see {@link Tuning}.
     *
     * @return true for {@code profile=tuned}
     */
    public boolean tuned() {
        return option("profile", "default").equals("tuned");
    }

    /**
     * Reads an option.
     *
     * @param name its name
     * @param fallback what holds if it is not given
     * @return its value
     */
    public String option(String name, String fallback) {
        return options.getOrDefault(name, fallback);
    }
}
