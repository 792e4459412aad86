package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Stage;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import io.wellspring.api.port.StateStore;
import io.wellspring.state.Entry;
import io.wellspring.state.StateDirectory;
import io.wellspring.state.StateTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Compares the snapshots in a state directory that no engine uses with a fold of the journal up to each snapshot's position. */
final class SnapshotFold {
    private SnapshotFold() {}

    /** Copies a state directory as a crash has left it, so that it can be looked at later. */
    static Path copied(Path from, Path to) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(from)) {
            files = all.filter(file -> !file.startsWith(to)).toList();
        }
        for (Path file : files) {
            Path target = to.resolve(from.relativize(file));
            if (Files.isDirectory(file)) {
                Files.createDirectories(target);
            } else {
                Files.copy(file, target);
            }
        }
        return to;
    }

    /** The position of the accounts' journal in each task's snapshot, by partition. */
    static Map<Integer, Long> positions(Path directory, String pipeline) {
        Map<Integer, Long> positions = new HashMap<>();
        try (StateDirectory state = StateDirectory.open(directory, pipeline)) {
            for (String task : state.knownTasks()) {
                try (StateStore store = state.task(task)) {
                    position(store).ifPresent(position -> positions.put(partition(task), position));
                }
            }
        }
        return positions;
    }

    /** Asserts that each snapshot equals the fold; returns how many there were. */
    static int requireFold(Path directory, String pipeline, List<ConsumerRecord<byte[], byte[]>> journal) {
        int snapshots = 0;
        try (StateDirectory state = StateDirectory.open(directory, pipeline)) {
            for (String task : state.knownTasks()) {
                try (StateStore store = state.task(task)) {
                    Optional<Long> position = position(store);
                    if (position.isPresent()) {
                        snapshots++;
                        assertThat(stored(Accounts.STAGE, store))
                                .as("task %s of %s at %s", task, directory, store.mark())
                                .isEqualTo(fold(Accounts.STAGE, journal, partition(task), position.get()));
                    }
                }
            }
        }
        return snapshots;
    }

    /** The states of a stage after the journal's events of a partition that lie before an offset. */
    static <E, S> Map<String, Entry<S>> fold(
            Stage<String, ?, E, S> stage, List<ConsumerRecord<byte[], byte[]>> journal, int partition, long end) {
        Map<String, Entry<S>> folded = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> journaled : journal) {
            if (journaled.partition() == partition && journaled.offset() < end) {
                var entry = Lab.entry(journaled);
                if (entry.hasEvent()) {
                    String key = Codecs.utf8().decode(entry.key());
                    var before = folded.getOrDefault(
                            key, new Entry<>(0, stage.behaviour().initial(key)));
                    assertThat(entry.sequence()).as("sequence of %s", key).isEqualTo(before.sequence() + 1);
                    S after = stage.behaviour()
                            .evolve(before.state(), stage.events().decode(entry.event()));
                    if (after == null) {
                        folded.remove(key); // forgotten
                    } else {
                        folded.put(key, new Entry<>(entry.sequence(), after));
                    }
                }
            }
        }
        return folded;
    }

    static <S> Map<String, Entry<S>> stored(Stage<String, ?, ?, S> stage, StateStore store) {
        Map<String, Entry<S>> rows = new HashMap<>();
        stage.stateFormat()
                .map(parts -> new StateTable<>(stage.name(), Codecs.utf8(), parts, store, 0))
                .orElseGet(() -> new StateTable<>(stage.name(), Codecs.utf8(), stage.state(), store, 0))
                .forEachCommitted((key, entry) -> rows.put(key, new Entry<>(entry.sequence(), entry.state())));
        return rows;
    }

    private static Optional<Long> position(StateStore store) {
        Optional<SnapshotMark> mark = store.mark();
        return mark.flatMap(found -> found.journal("accounts")).map(JournalMark::position);
    }

    private static int partition(String task) {
        return Integer.parseInt(new ArrayList<>(List.of(task.split("-", -1))).get(1));
    }
}
