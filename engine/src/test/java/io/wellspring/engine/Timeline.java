package io.wellspring.engine;

import static io.wellspring.engine.ShopLogs.requireBegins;
import static io.wellspring.engine.ShopLogs.requireSame;
import static io.wellspring.engine.ShopLogs.text;

import io.wellspring.api.KeyedStream;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.engine.Came.Kind;
import io.wellspring.engine.EventTimeOrder.Turn;
import io.wellspring.engine.ShopPatterns.Seen;
import io.wellspring.engine.TimelineRules.Expected;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.OffsetMetadata;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One or two topics whose records come out of order by their event time, late, unreadable, or of a kind that the stage behind them fails for; how
 * they are read, with which policies, and whether patterns are looked for, is made up by the seed. The stage keeps each record that reaches it,
 * so its journal tells the order in which the task took them.
 *
 * <p>Where that order does not depend on when records were fetched (one topic, or records in the order of event time) it has to be the one that
 * {@link EventTimeOrder} says; of two topics that are merged as they come, each one's has to be. The patterns have to have found what
 * {@link ShopPatterns} finds in that journal.
 */
final class Timeline implements ShopPart {
    static final String KEPT = "kept";
    static final String DEAD = "dead";
    static final String LATE = "late";
    private static final List<String> KEYS = List.of("ada", "bo", "cy", "di", "ed");
    private static final int MOST_PACE_MILLIS = 12;
    private static final int MOST_DISORDER_MILLIS = 60;

    private final ShopLogs logs;
    private final Random random;
    private final boolean patterns;
    private final boolean spoilt;
    private final TimelineRules rules;
    private final long disorderMillis;
    private final Stage<String, Long, Long, Long> stage;
    private final List<Topic<String, Long>> topics;
    private final Topic<String, String> told = topic("told");
    private final Topic<String, String> risen = topic("risen");
    private final Topic<String, String> alone = topic("alone");
    private final Topic<String, String> pairs = topic("pairs");

    /** By partition and input, in the order of offsets. */
    private final List<List<List<Came>>> came = new ArrayList<>();

    private long timeMillis;
    private long number;

    Timeline(ShopLogs logs, Random random, long startMillis) {
        this.logs = logs;
        this.random = random;
        this.timeMillis = startMillis;
        boolean two = random.nextBoolean();
        boolean inOrder = random.nextBoolean();
        this.patterns = random.nextBoolean();
        this.spoilt = random.nextInt(3) > 0;
        boolean outOfOrder = inOrder || (!two && !patterns);
        this.disorderMillis = outOfOrder ? random.nextInt(MOST_DISORDER_MILLIS) : 0;
        this.rules = new TimelineRules(
                inOrder,
                random.nextInt(MOST_DISORDER_MILLIS),
                // Patterns take late records for what they are to them only, which is for the tests of cep.
                patterns || random.nextBoolean() ? policy(LATE) : null,
                policy(DEAD),
                random.nextBoolean() ? policy(DEAD) : null);
        Stage<String, Long, Long, Long> kept = Stage.of(KEPT, new KeepStage(), Codecs.int64(), Codecs.int64());
        this.stage = rules.stagePolicy() == null ? kept : kept.onError(rules.stagePolicy());
        this.topics = Stream.of("left", "right")
                .limit(two ? 2 : 1)
                .map(name -> Topic.of(name, Codecs.utf8(), Codecs.int64()))
                .toList();
        for (int partition = 0; partition < logs.partitions(); partition++) {
            came.add(topics.stream()
                    .map(topic -> (List<Came>) new ArrayList<Came>())
                    .toList());
        }
        topics.forEach(logs::make);
        logs.make(told, risen, alone, pairs, topic(DEAD), topic(LATE));
    }

    private static Topic<String, String> topic(String name) {
        return Topic.of(name, Codecs.utf8(), Codecs.utf8());
    }

    private Policy policy(String topic) {
        return random.nextBoolean() ? Policy.deadLetter(topic) : Policy.skip();
    }

    @Override
    public void describe(Pipeline.Builder pipeline) {
        List<KeyedStream<String, Long>> streams = topics.stream()
                .map(topic -> pipeline.from(topic, rules::options))
                .toList();
        streams.stream()
                .reduce(KeyedStream::merge)
                .orElseThrow()
                .stage(stage)
                .out(KeepStage.TOLD)
                .to(told);
        if (patterns) {
            ShopPatterns.describe(streams, risen, alone, pairs);
        }
    }

    @Override
    public void produce() {
        for (int records = 1 + random.nextInt(3); records > 0; records--) {
            timeMillis += random.nextInt(MOST_PACE_MILLIS);
            int key = random.nextInt(KEYS.size());
            boolean readable = !spoilt || random.nextInt(12) > 0;
            Kind kind = Came.kind(random.nextInt(spoilt ? 5 : 4));
            // A key's own records have to come in order for the patterns, where nothing else puts them in order.
            int input = (patterns && !rules.inOrder() ? key : random.nextInt(2)) % topics.size();
            long behind = disorderMillis == 0 ? 0 : random.nextLong(disorderMillis);
            load(input, logs.partitionOf(KEYS.get(key)), KEYS.get(key), timeMillis - behind, kind, readable);
        }
    }

    @Override
    public void endInput() {
        timeMillis += MOST_DISORDER_MILLIS + 2 * ShopPatterns.WINDOW_MILLIS;
        for (int partition = 0; partition < logs.partitions(); partition++) {
            for (int input = 0; input < topics.size(); input++) {
                load(input, partition, "end", timeMillis, Kind.OTHER, true);
            }
        }
    }

    private void load(int input, int partition, String key, long recordMillis, Kind kind, boolean readable) {
        long value = Came.value(++number, kind);
        byte[] encoded = readable ? Codecs.int64().encode(value) : new byte[] {(byte) value};
        long offset = logs.load(topics.get(input), partition, key, encoded, recordMillis);
        came.get(partition).get(input).add(new Came(input, offset, recordMillis, key, value, readable));
    }

    // What has to come of it

    /** What a partition's task has to do; of two topics that are merged as they come, each by itself. */
    private Map<List<Topic<String, Long>>, Expected> expected(int partition) {
        List<List<Came>> inputs = came.get(partition);
        if (rules.inOrder()) {
            return Map.of(topics, rules.expected(rules.turns(inputs), topics));
        }
        Map<List<Topic<String, Long>>, Expected> each = new HashMap<>();
        for (int input = 0; input < topics.size(); input++) {
            List<Turn> turns = topics.size() == 1 ? rules.turns(inputs) : EventTimeOrder.noneLate(inputs.get(input));
            each.put(List.of(topics.get(input)), rules.expected(turns, topics));
        }
        return each;
    }

    private List<String> kept(int partition) {
        return logs.entries(stage, partition).stream()
                .map(entry ->
                        TimelineRules.place(entry.cause().topic(), entry.cause().offset()) + " " + text(entry.key())
                                + " " + value(entry) + (KeepStage.isLate(event(entry)) ? " late" : ""))
                .toList();
    }

    private static long event(JournalEntry entry) {
        return Codecs.int64().decode(entry.event());
    }

    private static long value(JournalEntry entry) {
        return KeepStage.valueOf(event(entry));
    }

    private List<String> letters(String topic, int partition) {
        return logs.decided(topic, partition).stream()
                .map(letter -> TimelineRules.place(
                        header(letter, DeadLetters.TOPIC), Long.parseLong(header(letter, DeadLetters.OFFSET))))
                .toList();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return text(record.headers().lastHeader(name).value());
    }

    private static List<String> of(List<Topic<String, Long>> from, List<String> all) {
        return all.stream()
                .filter(place -> from.stream().anyMatch(topic -> place.startsWith(topic.name() + "@")))
                .toList();
    }

    @Override
    public boolean complete() {
        for (int partition = 0; partition < logs.partitions(); partition++) {
            for (Expected expected : expected(partition).values()) {
                // The largest comes last.
                if (!kept(partition).containsAll(expected.kept())
                        || !letters(DEAD, partition).containsAll(expected.dead())
                        || !letters(LATE, partition).containsAll(expected.late())) {
                    return false;
                }
            }
        }
        return !patterns || found().equals(matches(true));
    }

    @Override
    public void check() {
        for (int partition = 0; partition < logs.partitions(); partition++) {
            List<String> kept = kept(partition);
            List<String> dead = letters(DEAD, partition);
            List<String> late = letters(LATE, partition);
            expected(partition).forEach((from, expected) -> {
                requireBegins("what stage kept has done", of(from, kept), expected.kept());
                requireBegins("the dead letters", of(from, dead), expected.dead());
                requireBegins("the late records", of(from, late), expected.late());
            });
        }
        if (patterns) {
            checkMatches();
        }
    }

    private void checkMatches() {
        Map<String, List<String>> possible = matches(false);
        found().forEach((key, found) -> {
            List<String> left = new ArrayList<>(possible.getOrDefault(key, List.of()));
            found.forEach(match -> ShopLogs.require(
                    left.remove(match), "match %s of %s is reported twice, or is none in %s", match, key, possible));
        });
    }

    @Override
    public void checkAll() {
        check();
        for (int partition = 0; partition < logs.partitions(); partition++) {
            List<String> kept = kept(partition);
            List<String> dead = letters(DEAD, partition);
            List<String> late = letters(LATE, partition);
            expected(partition).forEach((from, expected) -> {
                requireSame("what stage kept has done", of(from, kept), expected.kept());
                requireSame("the dead letters", of(from, dead), expected.dead());
                requireSame("the late records", of(from, late), expected.late());
            });
        }
        for (String key : KEYS) {
            int partition = logs.partitionOf(key);
            requireSame(
                    "what stage kept told",
                    logs.records(told.name(), partition).stream()
                            .filter(record -> text(record.key()).equals(key))
                            .map(record -> text(record.value()))
                            .toList(),
                    logs.entries(stage, partition).stream()
                            .filter(entry -> text(entry.key()).equals(key))
                            .map(entry -> entry.sequence() + ":" + value(entry))
                            .toList());
        }
        if (patterns) {
            requireSame("the matches", found(), matches(true));
        }
    }

    /** The matches that were reported, by pattern and key. */
    private Map<String, List<String>> found() {
        Map<String, List<String>> found = new TreeMap<>();
        for (Topic<String, String> topic : List.of(risen, alone, pairs)) {
            logs.all(topic.name())
                    .forEach(record -> found.computeIfAbsent(
                                    topic.name() + " " + text(record.key()), none -> new ArrayList<>())
                            .add(text(record.value())));
        }
        found.values().forEach(values -> values.sort(null));
        return found;
    }

    /** The matches that are in the journals, by pattern and key; those that only time brings also where it may not have come that far yet. */
    private Map<String, List<String>> matches(boolean inTheEnd) {
        Map<String, List<String>> matches = new TreeMap<>();
        for (int partition = 0; partition < logs.partitions(); partition++) {
            Map<String, List<Seen>> byKey = new TreeMap<>();
            logs.entries(stage, partition)
                    .forEach(entry -> byKey.computeIfAbsent(text(entry.key()), none -> new ArrayList<>())
                            .add(new Seen(value(entry), entry.eventTimeMillis())));
            long watermarkMillis = inTheEnd ? watermark(partition) : Long.MAX_VALUE;
            byKey.forEach((key, events) -> {
                matches.put(risen.name() + " " + key, ShopPatterns.risingIn(events));
                matches.put(pairs.name() + " " + key, ShopPatterns.pairedIn(events));
                matches.put(alone.name() + " " + key, ShopPatterns.lonelyIn(events, watermarkMillis));
            });
        }
        matches.values().removeIf(List::isEmpty);
        matches.replaceAll((key, values) -> values.stream().sorted().toList());
        return matches;
    }

    private long watermark(int partition) {
        return came.get(partition).stream()
                        .mapToLong(input -> input.stream()
                                .filter(Came::readable)
                                .mapToLong(Came::timeMillis)
                                .max()
                                .orElse(Long.MIN_VALUE))
                        .min()
                        .orElseThrow()
                - rules.latenessMillis();
    }

    // What it is worth

    @Override
    public Set<Feature> happened() {
        Set<Feature> happened = EnumSet.noneOf(Feature.class);
        for (int partition = 0; partition < logs.partitions(); partition++) {
            for (List<Came> input : came.get(partition)) {
                if (disorderMillis > 0
                        && rules.turns(came.get(partition)).stream().anyMatch(Turn::late)) {
                    happened.add(Feature.LATE);
                }
                for (Came record : input) {
                    if (!record.readable() || Came.kind(record.value()) == Kind.FAILS) {
                        boolean skips = rules.policyOf(record) instanceof Policy.Skip;
                        happened.add(skips ? Feature.SKIP : Feature.DEAD_LETTER);
                    }
                }
                if (rules.inOrder()
                        && !input.equals(input.stream()
                                .sorted(Comparator.comparingLong(Came::timeMillis))
                                .toList())) {
                    happened.add(Feature.IN_ORDER);
                }
            }
        }
        if (patterns && !found().isEmpty()) {
            happened.add(Feature.PATTERN);
        }
        return happened;
    }

    @Override
    public Set<Feature> underWay(SimulatedInstance instance) {
        Set<Feature> underWay = happened();
        if (Stream.of(ShopPatterns.RISING, ShopPatterns.LONELY, ShopPatterns.PAIRED)
                .noneMatch(instance::hasStates)) {
            underWay.remove(Feature.PATTERN);
        }
        if (logs.kafka().committedOffsets(logs.pipeline()).values().stream()
                .noneMatch(offset -> OffsetMetadata.decode(offset.metadata())
                        .flatMap(OffsetMetadata::ahead)
                        .isPresent())) {
            underWay.remove(Feature.IN_ORDER);
        }
        return underWay;
    }

    @Override
    public String progress() {
        return "timeline: " + number + " records, kept "
                + logs.all(logs.journal(stage)).count() + ", dead "
                + logs.all(DEAD).count() + ", late " + logs.all(LATE).count()
                + (patterns ? ", matches " + found() : "");
    }

    @Override
    public String toString() {
        return "timeline of " + topics.size() + (patterns ? ", patterns" : "") + ", disorder " + disorderMillis + ", "
                + rules;
    }
}
