package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.port.SnapshotMark.InputMark;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.JournalFormat;
import io.wellspring.state.Entry;
import io.wellspring.testkit.sim.SimDisk;
import io.wellspring.testkit.sim.SimKafka;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The pipeline of a simulation, made up by its seed, and what has to hold of it at any time. Two topics merge into the accounts, whose every change is
 * told; besides there may be a stage that looks at the accounts through a view, one with timers, and one behind a repartition topic.
 */
final class SimulatedShop {
    private static final String NAME = "sim";
    private static final List<String> KEYS = List.of("alice", "bob", "carol", "dave", "erin");
    private static final int GROUPS = 3;

    private final SimKafka kafka;
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
    private final Map<String, List<Long>> sent = new TreeMap<>();
    private final Map<String, List<Long>> sentByGroup = new TreeMap<>();
    private final Map<String, Integer> commanded = new TreeMap<>();
    private int produced;
    private int ordered;
    private Map<TopicPartition, OffsetAndMetadata> fitting = Map.of();

    SimulatedShop(SimKafka kafka, Random random) {
        this.kafka = kafka;
        this.random = random;
        this.partitions = 1 + random.nextInt(3);
        this.watches = random.nextBoolean();
        this.rings = random.nextBoolean();
        this.adds = random.nextInt(3) == 0;
        kafka.admin(Map.of())
                .createTopics(Stream.of(commands, orders, notices, seen, rang, sums)
                        .map(topic -> new NewTopic(topic.name(), partitions, (short) 1))
                        .toList());
    }

    Pipeline pipeline() {
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
    }

    TopicPartition anyPartition() {
        String topic = List.of(commands.name(), notices.name(), journal(Accounts.STAGE))
                .get(random.nextInt(3));
        return new TopicPartition(topic, random.nextInt(partitions));
    }

    /** Whether everything that was sent has led to everything that it has to. */
    boolean complete() {
        return kafka.openTransactions().isEmpty()
                && count(notices) >= produced
                && (!watches || count(seen) >= ordered)
                && (!rings || count(rang) >= produced - ordered)
                && (!adds || count(sums) >= produced);
    }

    String progress() {
        return produced + " inputs, of which " + ordered + " orders; notices " + count(notices)
                + (watches ? ", seen " + count(seen) : "") + (rings ? ", rang " + count(rang) : "")
                + (adds ? ", sums " + count(sums) : "") + "; open " + kafka.openTransactions() + "; committed "
                + kafka.committedOffsets(NAME);
    }

    /** What holds at every moment. */
    void check() {
        checkPositions();
        if (watches) {
            requireNumbered(seen, "order");
        }
        requireNumbered(notices, "notice");
        requireRanOnce(false);
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
            int told = records(notices.name(), partition).size();
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
        long told = decided(notices.name(), partition).stream()
                .filter(notice -> text(notice.key()).equals(key))
                .count();
        long changes = ((Accounts.Balance) shown.state()).changes();
        require(changes <= told, "a query shows %d changes of %s, and %d are committed", changes, key, told);
    }

    /** Each snapshot on a disk is the fold of the journal up to its position. */
    void checkSnapshots(SimDisk disk) {
        disk.stores().forEach((task, store) -> {
            int partition = Integer.parseInt(task.substring(task.indexOf('-') + 1));
            List<Stage<String, ?, ?, ?>> stages =
                    List.of(Accounts.STAGE, ShopStages.WATCH, ShopStages.ALARMS, ShopStages.TOTALS);
            for (Stage<String, ?, ?, ?> stage : stages) {
                store.mark().flatMap(mark -> mark.journal(stage.name())).ifPresent(mark -> {
                    requireFold(disk, task, stage, partition, mark);
                });
            }
        });
    }

    private void requireFold(SimDisk disk, String task, Stage<String, ?, ?, ?> stage, int partition, JournalMark mark) {
        var stored = SnapshotFold.stored(stage, disk.stores().get(task));
        var folded = SnapshotFold.fold(stage, decided(journal(stage), partition), partition, mark.position());
        require(
                stored.equals(folded),
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
            long events = decided(journal(stage), partition).stream()
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

    /** The numbers of a topic's texts, each before a colon, count the records of a key. */
    private void requireNumbered(Topic<String, String> topic, String what) {
        Map<String, Integer> numbers = new HashMap<>();
        all(topic.name()).forEach(record -> {
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
        all(rang.name()).forEach(record -> {
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
        all(topic.name()).forEach(record -> {
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
                all(journal(stage)).forEach(record -> {
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
        all(journal(Accounts.STAGE)).forEach(record -> {
            JournalEntry entry = JournalFormat.decode(record);
            changesAfter.put(
                    entry.cause().topic() + "@" + record.partition() + "@"
                            + entry.cause().offset(),
                    entry.sequence());
        });
        all(journal(ShopStages.WATCH)).forEach(record -> {
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

    private static String journal(Stage<?, ?, ?, ?> stage) {
        return NAME + "-" + stage.name() + "-journal";
    }

    private int count(Topic<?, ?> topic) {
        return (int) all(topic.name()).count();
    }

    private Stream<ConsumerRecord<byte[], byte[]>> all(String topic) {
        return IntStream.range(0, partitions).boxed().flatMap(partition -> records(topic, partition).stream());
    }

    private List<ConsumerRecord<byte[], byte[]>> records(String topic, int partition) {
        return kafka.committedRecords(new TopicPartition(topic, partition));
    }

    private List<ConsumerRecord<byte[], byte[]>> decided(String topic, int partition) {
        return kafka.decidedRecords(new TopicPartition(topic, partition));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    private static void requireSame(String what, Object found, Object expected) {
        require(found.equals(expected), "%s are %s, and should be %s", what, found, expected);
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private static void require(boolean holds, String format, Object... arguments) {
        if (!holds) {
            throw new AssertionError(String.format(format, arguments));
        }
    }

    @Override
    public String toString() {
        return partitions + " partitions, accounts" + (watches ? ", watch" : "") + (rings ? ", alarms" : "")
                + (adds ? ", totals" : "");
    }
}
