package io.wellspring.examples.weather;

import io.wellspring.engine.Engine;
import io.wellspring.engine.EngineConfig;
import io.wellspring.examples.run.Cluster;
import io.wellspring.examples.run.Progress;
import io.wellspring.examples.run.RunException;
import io.wellspring.examples.run.Terminal;
import io.wellspring.examples.weather.WeatherFile.Line;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Loads a file, runs the pipeline over it in this JVM to the end, and reads what came out. */
final class WeatherRun {
    private static final Duration BOUND = Duration.ofMinutes(3);
    private static final long LOOK_MILLIS = 20;

    private final Cluster cluster;
    private final EngineConfig config;
    private final WeatherTopics topics;
    private final Terminal terminal;

    /**
     * Prepares a run.
     *
     * @param cluster where it runs
     * @param bootstrap the address of that cluster
     * @param stateDir for the engine
     * @param topics names that do not exist yet
     * @param terminal shows the progress
     */
    WeatherRun(Cluster cluster, String bootstrap, Path stateDir, WeatherTopics topics, Terminal terminal) {
        this.cluster = cluster;
        this.config = EngineConfig.forBootstrap(bootstrap).stateDir(stateDir);
        this.topics = topics;
        this.terminal = terminal;
    }

    /**
     * What came out.
     *
     * @param fronts in order of their beginning
     * @param malformed how many rows went to the dead letters
     */
    record Result(List<Front> fronts, long malformed) {}

    Result over(WeatherFile file, double gustMph, Duration window) {
        // One region, one key: a single partition of each topic would hold it whatever their number.
        cluster.createTopics(1, topics.names());
        load(file);
        Map<TopicPartition, Long> ends = cluster.ends(topics.inputNames());
        try (Engine engine = Engine.start(WeatherPipeline.over(topics, file.header(), gustMph, window), config)) {
            work(engine, ends);
            engine.leave();
        }
        List<Front> fronts = new ArrayList<>();
        cluster.read(
                topics.fronts().name(),
                entry -> fronts.add(topics.fronts().values().decode(entry.value())));
        long malformed = cluster.read(topics.malformedName(), entry -> {});
        return new Result(List.copyOf(fronts), malformed);
    }

    private void load(WeatherFile file) {
        long rows;
        try (Stream<Line> lines = file.lines()) {
            rows = lines.count();
        }
        try (Stream<Line> lines = file.lines();
                Progress progress = terminal.progress("load", 0, rows, "rows")) {
            Iterator<ProducerRecord<byte[], byte[]>> records =
                    lines.map(this::record).iterator();
            cluster.load(records, progress);
        }
    }

    private ProducerRecord<byte[], byte[]> record(Line line) {
        String topic = line.airport().map(topics::observationsName).orElseGet(topics::malformedName);
        // A row's time stands in its text, which the pipeline reads. The record's own time counts only for a row that
        // cannot be read, which
        // has no place among the others: zero lets it pass at once.
        return new ProducerRecord<>(topic, null, 0L, topics.fronts().keys().encode(WeatherTopics.REGION), line.bytes());
    }

    private void work(Engine engine, Map<TopicPartition, Long> ends) {
        long deadlineNanos = System.nanoTime() + BOUND.toNanos();
        long all = ends.values().stream().mapToLong(Long::longValue).sum();
        try (Progress progress = terminal.progress("match", 0, all, "rows")) {
            for (long done = committed(ends); done < all; done = committed(ends)) {
                engine.failure().ifPresent(failure -> {
                    throw failure;
                });
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new RunException("After " + BOUND.toSeconds() + " s only " + done + " of " + all
                            + " rows are committed; the tasks: " + engine.status());
                }
                progress.at(done);
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
            progress.at(all);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RunException("Interrupted while the pipeline was working", interrupted);
        }
    }

    private long committed(Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> offsets = cluster.committed(WeatherPipeline.name(topics));
        return ends.keySet().stream()
                .mapToLong(partition -> offsets.getOrDefault(partition, 0L))
                .sum();
    }
}
