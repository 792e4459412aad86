package io.wellspring.benchmarks;

import static io.wellspring.benchmarks.Workload.LEDGER;
import static io.wellspring.benchmarks.Workload.PATTERN;
import static io.wellspring.benchmarks.Workload.RELAY;

import io.wellspring.benchmarks.ContestantSpec.Home;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** All contestants, in the order in which they run. A new one is a main class and a line here. */
final class Contestants {
    private static final String LOOP = "io.wellspring.benchmarks.LoopContestant";
    private static final String LOOP_PAIR = "io.wellspring.benchmarks.LoopPairContestant";
    private static final String STREAMS = "io.wellspring.benchmarks.streams.StreamsContestant";
    private static final String WELLSPRING = "io.wellspring.benchmarks.WellspringContestant";

    /** After so long without a heartbeat the group takes a member for dead; the same for all pairs. */
    static final int SESSION_MILLIS = 10_000;

    private static final Set<Workload> BOTH = Set.of(RELAY, LEDGER);
    private static final Set<Workload> STAGES = Set.of(RELAY, PATTERN);

    private static final List<ContestantSpec> ALL = List.of(
            new ContestantSpec("loop-tuned", Home.BENCHMARKS, LOOP, Map.of("profile", "tuned"), Set.of(RELAY), true),
            new ContestantSpec("loop", Home.BENCHMARKS, LOOP, Map.of(), Set.of(RELAY), true),
            new ContestantSpec(
                    "loop-pair-tuned", Home.BENCHMARKS, LOOP_PAIR, Map.of("profile", "tuned"), Set.of(RELAY), false),
            new ContestantSpec("loop-pair", Home.BENCHMARKS, LOOP_PAIR, Map.of(), Set.of(RELAY), false),
            new ContestantSpec("wellspring-tuned", Home.BENCHMARKS, WELLSPRING, Map.of("profile", "tuned"), BOTH, true),
            new ContestantSpec("wellspring", Home.BENCHMARKS, WELLSPRING, Map.of(), BOTH, true),
            new ContestantSpec("streams-tuned", Home.KAFKA_STREAMS, STREAMS, Map.of("profile", "tuned"), BOTH, true),
            new ContestantSpec("streams", Home.KAFKA_STREAMS, STREAMS, Map.of(), BOTH, true),
            new ContestantSpec(
                    "streams-tuned-2-threads",
                    Home.KAFKA_STREAMS,
                    STREAMS,
                    Map.of("profile", "tuned", "threads", "2"),
                    BOTH,
                    false),
            new ContestantSpec(
                    "streams-tuned-memory",
                    Home.KAFKA_STREAMS,
                    STREAMS,
                    Map.of("profile", "tuned", "store", "memory"),
                    Set.of(LEDGER),
                    false),
            new ContestantSpec(
                    "streams-tuned-memory-unlogged",
                    Home.KAFKA_STREAMS,
                    STREAMS,
                    Map.of("profile", "tuned", "store", "memory-unlogged"),
                    Set.of(LEDGER),
                    false));

    /** Who is killed and started again. */
    private static final List<ContestantSpec> RECOVERING = List.of(
            new ContestantSpec("wellspring", Home.BENCHMARKS, WELLSPRING, Map.of(), Set.of(LEDGER), true),
            new ContestantSpec(
                    "streams-static",
                    Home.KAFKA_STREAMS,
                    STREAMS,
                    Map.of("membership", "static"),
                    Set.of(LEDGER),
                    true),
            new ContestantSpec("streams", Home.KAFKA_STREAMS, STREAMS, Map.of(), Set.of(LEDGER), true),
            new ContestantSpec(
                    "wellspring-archive", Home.BENCHMARKS, WELLSPRING, Map.of("archive", "true"), Set.of(LEDGER), true),
            new ContestantSpec(
                    "streams-static-archive",
                    Home.KAFKA_STREAMS,
                    STREAMS,
                    Map.of("membership", "static", "archive", "true"),
                    Set.of(LEDGER),
                    true));

    /** Who answers at an even rate. */
    private static final List<ContestantSpec> ANSWERING = List.of(
            new ContestantSpec("wellspring", Home.BENCHMARKS, WELLSPRING, Map.of(), Set.of(LEDGER), true),
            withGap("0"),
            withGap("10"),
            withGap("15"),
            withGap("20"),
            new ContestantSpec("streams-100ms", Home.KAFKA_STREAMS, STREAMS, Map.of(), Set.of(LEDGER), true),
            new ContestantSpec(
                    "streams-10ms", Home.KAFKA_STREAMS, STREAMS, Map.of("commit", "10"), Set.of(LEDGER), true));

    private static ContestantSpec withGap(String millis) {
        return new ContestantSpec(
                "wellspring-gap-" + millis + "ms",
                Home.BENCHMARKS,
                WELLSPRING,
                Map.of("gap", millis),
                Set.of(LEDGER),
                false);
    }

    /** Who relays at an even rate, with one transactional producer or two in turn, and the back-off of the engine's producers. */
    private static final List<ContestantSpec> RELAYING = List.of(
            relaying("loop-100ms", LOOP, "100"),
            relaying("loop-pair-100ms", LOOP_PAIR, "100"),
            relaying("loop-10ms", LOOP, "10"),
            relaying("loop-pair-10ms", LOOP_PAIR, "10"),
            new ContestantSpec("wellspring", Home.BENCHMARKS, WELLSPRING, Map.of(), Set.of(RELAY), true));

    /** Pairs of whom one is killed, and the other takes over. */
    private static final List<ContestantSpec> PAIRED = List.of(
            new ContestantSpec(
                    "wellspring-standby", Home.BENCHMARKS, WELLSPRING, paired("standbys", "1"), Set.of(LEDGER), true),
            new ContestantSpec(
                    "wellspring-backup", Home.BENCHMARKS, WELLSPRING, paired("backups", "true"), Set.of(LEDGER), true),
            new ContestantSpec(
                    "wellspring", Home.BENCHMARKS, WELLSPRING, paired("standbys", "0"), Set.of(LEDGER), true),
            new ContestantSpec(
                    "streams-standby", Home.KAFKA_STREAMS, STREAMS, paired("standbys", "1"), Set.of(LEDGER), true),
            new ContestantSpec("streams", Home.KAFKA_STREAMS, STREAMS, paired("standbys", "0"), Set.of(LEDGER), true));

    /** Whose stages are compared with the relay's map. */
    private static final List<ContestantSpec> STAGED = List.of(
            new ContestantSpec(
                    "wellspring-tuned", Home.BENCHMARKS, WELLSPRING, Map.of("profile", "tuned"), STAGES, true),
            new ContestantSpec("wellspring", Home.BENCHMARKS, WELLSPRING, Map.of(), STAGES, true));

    private Contestants() {}

    static List<ContestantSpec> staged() {
        return STAGED;
    }

    private static Map<String, String> paired(String option, String value) {
        return Map.of(option, value, "session", Integer.toString(SESSION_MILLIS));
    }

    static List<ContestantSpec> recovering() {
        return RECOVERING;
    }

    static List<ContestantSpec> answering() {
        return ANSWERING;
    }

    private static ContestantSpec relaying(String name, String main, String commitMillis) {
        return new ContestantSpec(
                name, Home.BENCHMARKS, main, Map.of("commit", commitMillis, "backoff", "2"), Set.of(RELAY), true);
    }

    static List<ContestantSpec> relaying() {
        return RELAYING;
    }

    static List<ContestantSpec> paired() {
        return PAIRED;
    }

    /**
     * Picks who runs a workload.
     *
     * @param names whom the user named, in his order; empty for those that always run, {@code all} for everyone
     * @throws IllegalArgumentException if a name is unknown; the message lists the known ones
     */
    static List<ContestantSpec> of(Workload workload, List<String> names) {
        if (names.isEmpty()) {
            return ALL.stream()
                    .filter(ContestantSpec::always)
                    .filter(c -> c.workloads().contains(workload))
                    .toList();
        }
        if (names.equals(List.of("all"))) {
            return ALL.stream().filter(c -> c.workloads().contains(workload)).toList();
        }
        return names.stream()
                .map(Contestants::named)
                .filter(c -> c.workloads().contains(workload))
                .toList();
    }

    private static ContestantSpec named(String name) {
        return ALL.stream()
                .filter(c -> c.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("contestant '" + name + "' is unknown; there are " + names()));
    }

    static String names() {
        return ALL.stream().map(ContestantSpec::name).collect(Collectors.joining(", "));
    }
}
