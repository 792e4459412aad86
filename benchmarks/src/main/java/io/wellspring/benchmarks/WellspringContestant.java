package io.wellspring.benchmarks;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.codec.Tag;
import io.wellspring.benchmarks.contestant.Contestant;
import io.wellspring.benchmarks.contestant.ContestantSettings;
import io.wellspring.benchmarks.contestant.Entry;
import io.wellspring.benchmarks.contestant.Receipt;
import io.wellspring.benchmarks.contestant.Tuning;
import io.wellspring.engine.Engine;
import io.wellspring.engine.EngineConfig;
import io.wellspring.engine.TaskStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Wellspring. Options: {@code profile=tuned}, {@code workers=N}, {@code session=MILLIS}, {@code standbys=N}, {@code backups=DIRECTORY},
 * {@code gap=MILLIS} for the least time between two commits. The ledger is written as a user would write it: text keys, events and state as
 * records.
 */
final class WellspringContestant {
    private static final Duration START_WAIT = Duration.ofMinutes(1);

    /** Often enough that there is one of most of the state before a kill. */
    private static final Duration BACKUP_INTERVAL = Duration.ofSeconds(5);

    private WellspringContestant() {}

    /** Started by the harness only. */
    public static void main(String[] arguments) {
        Contestant.run(arguments, WellspringContestant::start);
    }

    private static Contestant.Running start(ContestantSettings settings) throws InterruptedException {
        Map<String, Object> client = new HashMap<>(Tuning.producer(settings.tuned()));
        client.putAll(Tuning.consumer(settings.tuned()));
        client.put("bootstrap.servers", settings.bootstrapServers());
        if (!settings.option("session", "").isEmpty()) {
            client.put("session.timeout.ms", settings.option("session", ""));
        }
        EngineConfig config = EngineConfig.forClient(client)
                .stateDir(settings.stateDirectory())
                .workers(Integer.parseInt(settings.option("workers", "1")))
                .standbys(Integer.parseInt(settings.option("standbys", "0")))
                .commitInterval(Duration.ofMillis(ContestantSettings.COMMIT_INTERVAL_MILLIS));
        if (!settings.option("backups", "").isEmpty()) {
            config = config.backups(Path.of(settings.option("backups", ""))).backupInterval(BACKUP_INTERVAL);
        }
        if (!settings.option("gap", "").isEmpty()) {
            config = config.commitGap(Duration.ofMillis(Long.parseLong(settings.option("gap", ""))));
        }
        Engine engine = Engine.start(pipeline(settings), config);
        engine.awaitRunning(START_WAIT);
        Contestant.sayRestored(engine.status().stream()
                .filter(TaskStatus.Running.class::isInstance)
                .mapToLong(status -> ((TaskStatus.Running) status).replayed())
                .sum());
        return () -> {
            RuntimeException failure = engine.failure().orElse(null);
            engine.close();
            if (failure != null) {
                throw failure;
            }
        };
    }

    private static Pipeline pipeline(ContestantSettings settings) {
        return switch (settings.workload()) {
            case "relay" -> relay(settings);
            case "ledger" -> ledger(settings);
            case "pattern" -> EntryPattern.pipeline(settings);
            default ->
                throw new IllegalArgumentException("workload " + settings.workload()
                        + " has no pipeline [WellspringContestant]; relay, ledger and pattern have");
        };
    }

    private static Pipeline relay(ContestantSettings settings) {
        Codec<byte[]> bytes = Codecs.bytes();
        return Pipeline.named(
                settings.runId(),
                p -> p.from(Topic.of(settings.inputTopic(), bytes, bytes))
                        .map(Entry::mark)
                        .to(Topic.of(settings.outputTopic(), bytes, bytes)));
    }

    private static Pipeline ledger(ContestantSettings settings) {
        Topic<String, byte[]> in = Topic.of(settings.inputTopic(), Codecs.utf8(), Codecs.bytes());
        Topic<String, byte[]> out = Topic.of(settings.outputTopic(), Codecs.utf8(), Codecs.bytes());
        return Pipeline.named(
                settings.runId(),
                p -> p.from(in).stage(Ledger.STAGE).out(Ledger.RECEIPTS).to(out));
    }

    /** An entry that was booked. */
    record Booked(@Tag(1) long number, @Tag(2) long cents) {}

    /** An account. */
    record Balance(@Tag(1) long cents) {}

    private static final class Ledger implements EventSourced<String, byte[], Booked, Balance> {
        static final Out<byte[]> RECEIPTS = Out.named("receipts", byte[].class);
        static final Stage<String, byte[], Booked, Balance> STAGE =
                Stage.of("ledger", new Ledger(), Codecs.records(Booked.class), Codecs.records(Balance.class));

        @Override
        public Balance initial(String account) {
            return new Balance(0);
        }

        @Override
        public Effect<Booked, Balance> decide(Balance balance, byte[] entry, Context<String> context) {
            long number = Entry.number(entry);
            return persist(new Booked(number, Entry.cents(entry)))
                    .emit(RECEIPTS, after -> Receipt.of(number, after.cents()));
        }

        @Override
        public Balance evolve(Balance balance, Booked booked) {
            return new Balance(balance.cents() + booked.cents());
        }
    }
}
