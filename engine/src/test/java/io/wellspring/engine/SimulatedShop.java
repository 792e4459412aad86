package io.wellspring.engine;

import static io.wellspring.engine.ShopLogs.require;
import static io.wellspring.engine.ShopLogs.requireSame;
import static io.wellspring.engine.ShopLogs.text;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.InputMark;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import io.wellspring.engine.ShopPart.Feature;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.JournalFormat;
import io.wellspring.journal.KafkaClients;
import io.wellspring.state.Entry;
import io.wellspring.testkit.sim.SimDisk;
import io.wellspring.testkit.sim.SimKafka;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The pipeline of a simulation, made up by its seed, and what has to hold of it at any time. Two topics merge into the accounts, whose every change is
 * told; besides there may be a stage that looks at the accounts through a view, one with timers, and one behind a repartition topic, and parts with
 * topics of their own ({@link ShopPart}).
 */
final class SimulatedShop {
    private static final String NAME = "sim";
    private static final List<String> KEYS = List.of("alice", "bob", "carol", "dave", "erin");
    private static final int GROUPS = 3;

    private final SimKafka kafka;
    private final ShopLogs logs;
    private final Random random;
    private final int partitions;
    private final boolean watches;
    private final boolean rings;
    private final boolean adds;
    private final Topic<String, Long> commands = Topic.of("commands", Codecs.utf8(), Codecs.int64());
    private final Topic<String, Long> orders = Topic.of("orders", Codecs.utf8(), Codecs.int64());
    private final Topic<String, String> notices = Topic.of("notices", Codecs.utf8(), Codecs.utf8());
    private final Topic<String, String> seen = Topic.of("seen", Codecs.utf8(), Codecs.utf8());
    private final Topic<String, String> rang = Topic.of("rang", Codecs.utf8(), Codecs.utf8());
    private final Topic<String, String> sums = Topic.of("sums", Codecs.utf8(), Codecs.utf8());
    private final List<ShopPart> parts = new ArrayList<>();
    private final Topology topology;
    private final Map<String, List<Long>> sent = new TreeMap<>();
    private final Map<String, List<Long>> sentByGroup = new TreeMap<>();
    private final Map<String, Integer> commanded = new TreeMap<>();
    private int produced;
    private int ordered;
    private Map<TopicPartition, OffsetAndMetadata> fitting = Map.of();

    SimulatedShop(SimKafka kafka, Random random, long startMillis) {
        this.kafka = kafka;
        this.random = random;
        this.partitions = 1 + random.nextInt(3);
        this.logs = new ShopLogs(kafka, NAME, partitions);
        this.watches = random.nextBoolean();
        this.rings = random.nextBoolean();
        this.adds = random.nextInt(3) == 0;
        logs.make(commands, orders, notices, seen, rang, sums);
        if (random.nextInt(5) < 2) {
            parts.add(new Timeline(logs, random, startMillis));
        }
        if (random.nextInt(4) == 0) {
            parts.add(new Workshop(logs, random, startMillis));
        }
        this.topology = Topology.of(pipeline().graph());
    }

    Topology topology() {
        return topology;
    }

    /** Clients that keep a copy of what they delete of its journals. */
    KafkaClients keeping(KafkaClients real) {
        return logs.keeping(real);
    }

    /** Whether the beginning of a task's journals is gone. */
    boolean isTrimmed(TaskId task) {
        return topology.group(task.group()).stages().stream()
                .anyMatch(stage -> logs.beginning(new TopicPartition(stage.journal(), task.partition())) > 0);
    }

    /** Whether the journals reach back to a snapshot. */
    boolean reachBackTo(SnapshotMark mark) {
        int partition = Integer.parseInt(mark.task().substring(mark.task().indexOf('-') + 1));
        return mark.journals().stream()
                .allMatch(journal ->
                        journal.position() >= logs.beginning(new TopicPartition(journal.topic(), partition)));
    }

    private Pipeline pipeline() {
        return Pipeline.named(NAME, p -> {
            var commanding = p.from(commands);
            var ordering = p.from(orders);
            var accounts = commanding.merge(ordering).stage(Accounts.STAGE).publish(ShopStages.BALANCES, all -> all);
            accounts.out(Accounts.NOTICES).to(notices);
            if (watches) {
                ordering.stage(ShopStages.WATCH).out(ShopStages.SEEN).to(seen);
            }
            if (rings) {
                commanding.stage(ShopStages.ALARMS).out(ShopStages.RANG).to(rang);
            }
            if (adds) {
                accounts.events()
                        .map(event -> event instanceof Accounts.Event.Added added ? added.cents() : 0L)
                        .rekey("by-group", Codecs.utf8(), Codecs.int64(), SimulatedShop::group)
                        .stage(ShopStages.TOTALS)
                        .out(ShopStages.SUMS)
                        .to(sums);
            }
            parts.forEach(part -> part.describe(p));
        });
    }

    private static String group(long cents) {
        return "group " + cents % GROUPS;
    }

    void produce(long nowMillis) {
        String key = KEYS.get(random.nextInt(KEYS.size()));
        long cents = 1L + random.nextInt(100);
        boolean order = random.nextBoolean();
        sent.computeIfAbsent(key, none -> new ArrayList<>()).add(cents);
        sentByGroup.computeIfAbsent(group(cents), none -> new ArrayList<>()).add(cents);
        produced++;
        if (order) {
            ordered++;
        } else {
            commanded.merge(key, 1, Integer::sum);
        }
        byte[] encodedKey = key.getBytes(UTF_8);
        kafka.load(
                new TopicPartition((order ? orders : commands).name(), KeyPartitions.of(encodedKey, partitions)),
                encodedKey,
                Codecs.int64().encode(cents),
                nowMillis);
        parts.forEach(ShopPart::produce);
    }

    /** Somebody asks an engine for something. */
    void operate(SimulatedInstance instance) {
        parts.forEach(part -> part.operate(instance));
    }

    /** Nothing comes in any more but what brings all to an end that waits for something. */
    void endInput() {
        parts.forEach(ShopPart::endInput);
    }

    /** What has happened in its parts. */
    Set<Feature> happened() {
        return parts.stream().flatMap(part -> part.happened().stream()).collect(Collectors.toSet());
    }

    /** What an instance that crashes now is in the middle of. */
    Set<Feature> underWay(SimulatedInstance instance) {
        return parts.stream().flatMap(part -> part.underWay(instance).stream()).collect(Collectors.toSet());
    }

    TopicPartition anyPartition() {
        String topic = List.of(commands.name(), notices.name(), logs.journal(Accounts.STAGE))
                .get(random.nextInt(3));
        return new TopicPartition(topic, random.nextInt(partitions));
    }

    /** Whether everything that was sent has led to everything that it has to. */
    boolean complete() {
        return kafka.openTransactions().isEmpty()
                && logs.count(notices) >= produced
                && (!watches || logs.count(seen) >= ordered)
                && (!rings || logs.count(rang) >= produced - ordered)
                && (!adds || logs.count(sums) >= produced)
                && parts.stream().allMatch(ShopPart::complete);
    }

    String progress() {
        return produced + " inputs, of which " + ordered + " orders; notices " + logs.count(notices)
                + (watches ? ", seen " + logs.count(seen) : "") + (rings ? ", rang " + logs.count(rang) : "")
                + (adds ? ", sums " + logs.count(sums) : "") + "; open " + kafka.openTransactions() + "; committed "
                + kafka.committedOffsets(NAME)
                + parts.stream().map(part -> "\n  " + part.progress()).collect(Collectors.joining());
    }

    /** What holds at every moment. */
    void check() {
        checkPositions();
        if (watches) {
            requireNumbered(seen, "order");
        }
        requireNumbered(notices, "notice");
        requireRanOnce(false);
        parts.forEach(ShopPart::check);
    }

    /** What holds in the end. */
    void checkAll() {
        check();
        Stream.of(sent, sentByGroup).forEach(all -> all.values().forEach(values -> values.sort(null)));
        requireSame("the notices", increments(notices), sent);
        if (rings) {
            requireRanOnce(true);
        }
        if (adds) {
            requireSame("the sums", increments(sums), sentByGroup);
        }
        checkSequences();
        if (watches) {
            checkWatched();
        }
        parts.forEach(ShopPart::checkAll);
    }

    /** Where nothing is open, each partition has as many notices as inputs are committed. */
    void checkPositions() {
        if (!kafka.openTransactions().isEmpty()) {
            return;
        }
        var committed = kafka.committedOffsets(NAME);
        if (committed.equals(fitting)) {
            return;
        }
        for (int partition = 0; partition < partitions; partition++) {
            long processed = 0;
            for (Topic<?, ?> topic : List.of(commands, orders)) {
                var offset = committed.get(new TopicPartition(topic.name(), partition));
                processed += offset == null ? 0 : offset.offset();
            }
            int told = logs.records(notices.name(), partition).size();
            require(
                    processed == told,
                    "in partition %d the committed positions tell of %d inputs, and there are %d notices",
                    partition,
                    processed,
                    told);
        }
        fitting = Map.copyOf(committed);
    }

    /** A query shows nothing that is not committed. */
    void checkQuery(SimulatedInstance instance) {
        String key = KEYS.get(random.nextInt(KEYS.size()));
        int partition = KeyPartitions.of(key.getBytes(UTF_8), partitions);
        Entry<Object> shown = instance.query(new TaskId(0, partition), Accounts.STAGE.name(), key);
        if (shown == null || shown.state() == null) {
            return;
        }
        long told = logs.decided(notices.name(), partition).stream()
                .filter(notice -> text(notice.key()).equals(key))
                .count();
        long changes = ((Accounts.Balance) shown.state()).changes();
        require(changes <= told, "a query shows %d changes of %s, and %d are committed", changes, key, told);
    }

    /** Each snapshot on a disk is the fold of the journal up to its position. */
    void checkSnapshots(SimDisk disk) {
        disk.stores().forEach((task, store) -> {
            int partition = Integer.parseInt(task.substring(task.indexOf('-') + 1));
            for (TaskGroup group : topology.groups()) {
                for (TaskGroup.StagePlan plan : group.stages()) {
                    store.mark().flatMap(mark -> mark.journal(plan.name())).ifPresent(mark -> {
                        requireFold(disk, task, stage(plan), partition, mark);
                        parts.forEach(part -> part.checkSnapshot(plan.name(), store, partition, mark.position()));
                    });
                }
            }
        });
    }

    @SuppressWarnings("unchecked") // all keys are texts
    private static <E, S> Stage<String, ?, E, S> stage(TaskGroup.StagePlan plan) {
        return (Stage<String, ?, E, S>) plan.node().stage();
    }

    private <E, S> void requireFold(
            SimDisk disk, String task, Stage<String, ?, E, S> stage, int partition, JournalMark mark) {
        Map<String, Entry<S>> stored = SnapshotFold.stored(stage, disk.stores().get(task));
        Map<String, Entry<S>> folded =
                SnapshotFold.fold(stage, logs.decided(logs.journal(stage), partition), partition, mark.position());
        // Of what is the same in parts there are several encodings.
        boolean same = stage.stateFormat().isPresent()
                ? stored.equals(folded)
                : encoded(stage, stored).equals(encoded(stage, folded));
        require(
                same,
                "the snapshot of stage %s in task %s on %s says %s, and its journal up to %d %s",
                stage.name(),
                task,
                disk,
                stored,
                mark.position(),
                folded);
        if (stage == Accounts.STAGE) {
            long inputs = disk.stores().get(task).mark().orElseThrow().inputs().stream()
                    .filter(input -> input.topic().equals(commands.name())
                            || input.topic().equals(orders.name()))
                    .mapToLong(InputMark::position)
                    .sum();
            long events = logs.decided(logs.journal(stage), partition).stream()
                    .filter(record -> record.offset() < mark.position())
                    .count();
            // Where a replay was written before its end, another stage may tell of more inputs.
            require(
                    inputs == events || (inputs > events && (watches || rings)),
                    "the snapshot of task %s on %s tells of %d inputs, and its journal up to %d of %d events",
                    task,
                    disk,
                    inputs,
                    mark.position(),
                    events);
        }
    }

    /** By their bytes: a state need not say that it equals another one. */
    private static <S> Map<String, String> encoded(Stage<String, ?, ?, S> stage, Map<String, Entry<S>> states) {
        Map<String, String> encoded = new HashMap<>();
        states.forEach((key, entry) -> encoded.put(
                key, entry.sequence() + " " + Arrays.toString(stage.state().encode(entry.state()))));
        return encoded;
    }

    /** The numbers of a topic's texts, each before a colon, count the records of a key. */
    private void requireNumbered(Topic<String, String> topic, String what) {
        Map<String, Integer> numbers = new HashMap<>();
        logs.all(topic.name()).forEach(record -> {
            int number = numbers.merge(text(record.key()), 1, Integer::sum);
            String said = text(record.value()).split(":", -1)[0];
            require(
                    number == Integer.parseInt(said),
                    "%s %d of %s is numbered %s: lost or doubled",
                    what,
                    number,
                    text(record.key()),
                    said);
        });
    }

    private void requireRanOnce(boolean allOfThem) {
        Map<String, Set<String>> fired = new TreeMap<>();
        logs.all(rang.name()).forEach(record -> {
            String key = text(record.key());
            require(
                    fired.computeIfAbsent(key, none -> new HashSet<>()).add(text(record.value())),
                    "timer %s of %s rang twice",
                    text(record.value()),
                    key);
        });
        if (allOfThem) {
            commanded.forEach((key, count) -> {
                Set<String> expected = new HashSet<>();
                IntStream.rangeClosed(1, count).forEach(number -> expected.add(Integer.toString(number)));
                requireSame("the timers of " + key, fired.getOrDefault(key, Set.of()), expected);
            });
        }
    }

    /** By key, what each text's last number adds to the one before, in order of size. */
    private Map<String, List<Long>> increments(Topic<String, String> topic) {
        Map<String, Long> last = new HashMap<>();
        Map<String, List<Long>> increments = new TreeMap<>();
        logs.all(topic.name()).forEach(record -> {
            String key = text(record.key());
            String told = text(record.value());
            long sum = Long.parseLong(told.substring(told.indexOf(':') + 1));
            Long before = Objects.requireNonNullElse(last.put(key, sum), 0L);
            increments.computeIfAbsent(key, none -> new ArrayList<>()).add(sum - before);
        });
        increments.values().forEach(values -> values.sort(null));
        return increments;
    }

    private void checkSequences() {
        for (Stage<String, ?, ?, ?> stage :
                List.of(Accounts.STAGE, ShopStages.WATCH, ShopStages.ALARMS, ShopStages.TOTALS)) {
            if (used(stage)) {
                Map<String, Long> sequences = new HashMap<>();
                logs.all(logs.journal(stage)).forEach(record -> {
                    JournalEntry entry = JournalFormat.decode(record);
                    if (entry.hasEvent()) {
                        String key = text(entry.key());
                        long expected = sequences.merge(key, 1L, Long::sum);
                        require(
                                entry.sequence() == expected,
                                "event %d of %s in stage %s has sequence %d",
                                expected,
                                key,
                                stage.name(),
                                entry.sequence());
                    }
                });
            }
        }
    }

    /** What was seen through the view is what the account was after the same order. */
    private void checkWatched() {
        Map<String, Long> changesAfter = new HashMap<>();
        logs.all(logs.journal(Accounts.STAGE)).forEach(record -> {
            JournalEntry entry = JournalFormat.decode(record);
            changesAfter.put(
                    entry.cause().topic() + "@" + record.partition() + "@"
                            + entry.cause().offset(),
                    entry.sequence());
        });
        logs.all(logs.journal(ShopStages.WATCH)).forEach(record -> {
            JournalEntry entry = JournalFormat.decode(record);
            long changes = Codecs.int64().decode(entry.event());
            Long after = changesAfter.get(entry.cause().topic() + "@" + record.partition() + "@"
                    + entry.cause().offset());
            require(
                    after != null && after == changes,
                    "order %s of %s saw %d changes through the view; it was number %s",
                    entry.cause(),
                    text(entry.key()),
                    changes,
                    after);
        });
    }

    private boolean used(Stage<?, ?, ?, ?> stage) {
        return stage == Accounts.STAGE
                || (stage == ShopStages.WATCH && watches)
                || (stage == ShopStages.ALARMS && rings)
                || (stage == ShopStages.TOTALS && adds);
    }

    @Override
    public String toString() {
        return partitions + " partitions, accounts" + (watches ? ", watch" : "") + (rings ? ", alarms" : "")
                + (adds ? ", totals" : "")
                + parts.stream().map(part -> ", " + part).collect(Collectors.joining());
    }
}
