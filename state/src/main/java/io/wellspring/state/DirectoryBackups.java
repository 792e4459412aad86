package io.wellspring.state;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.StateBackups;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backups in a directory, which several machines may share.
 *
 * <pre>
 * DIRECTORY/PIPELINE/TASK/files/SHA-256                        content, written beside, forced, checked, renamed; never changed
 *                        /manifests/POSITION-GENERATION        what makes up one backup ({@link BackupManifest}); made exclusively, never changed
 * </pre>
 *
 * <p>A backup copies only the files that are not there yet: those of RocksDB's tables never change. The manifest comes last, so what it names was
 * there, whole. Two owners of a task (one of them has not noticed yet that it is none) do not disturb each other: content is the same whoever
 * wrote it, and each manifest has a generation of its own. Whoever reads takes the highest one that is whole.
 *
 * <p>The one that writes deletes: manifests beyond the newest few (by position, and by generation, since positions fall when a journal lost its
 * tail) that are older than the grace period, then files that no manifest names and that have not been asked for within it. Of manifests for
 * other topic ids, and while there is one that cannot be read, nothing is deleted; but for those of this version that were not written to their end,
 * as when their writer died, which are deleted by the same grace.
 */
final class DirectoryBackups implements StateBackups {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryBackups.class);
    private static final int KEPT = 3;
    private static final Duration GRACE = Duration.ofHours(1);
    private static final int MOST_GENERATIONS_TRIED = 100;

    private final StateDirectory directory;
    private final Path place;
    private final Clock clock;

    /** One backup at a time, and one restore; but whoever waits for a restore does not wait for backups. */
    private final Object backingUp = new Object();

    private final Object restoring = new Object();

    /** Hashes of table files that were read before, by task and by what tells that they are the same. */
    private final Map<String, Map<String, BackupManifest.Part>> hashed = new HashMap<>();

    DirectoryBackups(StateDirectory directory, Path place, Clock clock) {
        this.directory = directory;
        this.place = place;
        this.clock = clock;
    }

    @Override
    public Optional<Backup> backUp(String taskName) {
        synchronized (backingUp) {
            return copied(taskName);
        }
    }

    private Optional<Backup> copied(String taskName) {
        Path copy = directory.path().resolve("backing-up").resolve(taskName);
        try {
            StateDirectory.deleteTree(copy);
            Files.createDirectories(copy.getParent());
            if (!directory.checkpoint(taskName, copy)) {
                return Optional.empty();
            }
            List<Path> files = databaseFiles(copy);
            Optional<SnapshotMark> mark = RocksStore.markOf(copy);
            if (mark.isEmpty()) {
                return Optional.empty();
            }
            var content = content(taskName);
            var manifest = new BackupManifest(mark.get(), parts(taskName, files));
            for (BackupManifest.Part part : manifest.files()) {
                content.put(copy.resolve(part.name()), part);
            }
            var written = write(taskName, manifest);
            clean(taskName, manifest);
            return Optional.of(new Backup(written.getFileName().toString(), manifest.mark(), manifest.bytes()));
        } catch (IOException e) {
            throw away("written", taskName, e);
        } finally {
            deleteQuietly(copy);
        }
    }

    @Override
    public List<Backup> list(String taskName) {
        try {
            List<Backup> found = new ArrayList<>();
            Map<String, Optional<BackupManifest>> manifests = manifests(taskName);
            manifests.forEach((name, manifest) ->
                    manifest.ifPresent(whole -> found.add(new Backup(name, whole.mark(), whole.bytes()))));
            found.sort(Comparator.comparing(Backup::name).reversed());
            return found;
        } catch (IOException e) {
            throw away("listed", taskName, e);
        }
    }

    @Override
    public void verify(String taskName, Backup backup) {
        try {
            for (BackupManifest.Part part : manifest(taskName, backup).files()) {
                content(taskName).verify(part);
            }
        } catch (CorruptException e) {
            throw broken(taskName, backup, e);
        } catch (IOException e) {
            throw away("read", taskName, e);
        }
    }

    @Override
    public void restore(String taskName, Backup backup) {
        synchronized (restoring) {
            install(taskName, backup);
        }
    }

    private void install(String taskName, Backup backup) {
        Path half = directory.path().resolve("restoring").resolve(taskName);
        try {
            StateDirectory.deleteTree(half);
            Files.createDirectories(half);
            for (BackupManifest.Part part : manifest(taskName, backup).files()) {
                content(taskName).take(part, half.resolve(part.name()));
            }
            DurableFile.forceNames(half);
            directory.install(taskName, half);
        } catch (CorruptException e) {
            throw broken(taskName, backup, e);
        } catch (IOException e) {
            throw away("restored to " + half, taskName, e);
        } finally {
            deleteQuietly(half);
        }
    }

    /** Logs and locks are of the process that had the database open; all else is part of it. */
    private static List<Path> databaseFiles(Path database) throws IOException {
        try (Stream<Path> files = Files.list(database)) {
            return files.filter(file -> !file.getFileName().toString().startsWith("LO"))
                    .sorted()
                    .toList();
        }
    }

    /** Table files are links to those of the database, and hashed once only. */
    private List<BackupManifest.Part> parts(String taskName, List<Path> files) throws IOException {
        Map<String, BackupManifest.Part> before = hashed.getOrDefault(taskName, Map.of());
        Map<String, BackupManifest.Part> after = new HashMap<>();
        List<BackupManifest.Part> parts = new ArrayList<>();
        for (Path file : files) {
            String name = file.getFileName().toString();
            long bytes = Files.size(file);
            String same =
                    name + " " + bytes + " " + Files.getLastModifiedTime(file).toInstant();
            BackupManifest.Part part = name.endsWith(".sst") ? before.get(same) : null;
            if (part == null) {
                part = new BackupManifest.Part(name, ContentFiles.hash(file), bytes);
            }
            after.put(same, part);
            parts.add(part);
        }
        hashed.put(taskName, after);
        return parts;
    }

    private Path write(String taskName, BackupManifest manifest) throws IOException {
        Path manifests = manifestsOf(taskName);
        Files.createDirectories(manifests);
        long generation = 1;
        for (String name : names(manifests)) {
            generation = Math.max(generation, generation(name) + 1);
        }
        for (int tried = 0; tried < MOST_GENERATIONS_TRIED; tried++) {
            Path file = manifests.resolve(
                    String.format("%020d-%010d", BackupManifest.position(manifest.mark()), generation + tried));
            try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer text = StandardCharsets.UTF_8.encode(manifest.text());
                while (text.hasRemaining()) {
                    out.write(text);
                }
                out.force(true);
            } catch (FileAlreadyExistsException another) {
                continue;
            } catch (IOException | RuntimeException half) {
                Files.deleteIfExists(file);
                throw half;
            }
            DurableFile.forceNames(manifests);
            return file;
        }
        throw new IOException("another engine writes backups of the same task at the same time");
    }

    private void clean(String taskName, BackupManifest written) throws IOException {
        Instant before = clock.instant().minus(GRACE);
        Map<String, Optional<BackupManifest>> manifests = manifests(taskName);
        Map<String, BackupManifest> ours = new TreeMap<>();
        manifests.forEach((name, manifest) ->
                manifest.filter(one -> topicIds(one).equals(topicIds(written))).ifPresent(one -> ours.put(name, one)));
        Set<String> kept = newest(ours.keySet(), Comparator.naturalOrder());
        kept.addAll(newest(ours.keySet(), Comparator.comparing(DirectoryBackups::generation)));
        for (String name : ours.keySet()) {
            Path file = manifestsOf(taskName).resolve(name);
            if (!kept.contains(name) && old(file, before)) {
                Files.deleteIfExists(file);
                manifests.remove(name);
            }
        }
        for (String name : List.copyOf(manifests.keySet())) {
            Path file = manifestsOf(taskName).resolve(name);
            if (manifests.get(name).isEmpty() && old(file, before) && BackupManifest.isTorn(Files.readAllBytes(file))) {
                LOG.info("The manifest {} of a backup was never written to its end, and is deleted", file);
                Files.deleteIfExists(file);
                manifests.remove(name);
            }
        }
        if (manifests.values().stream().allMatch(Optional::isPresent)) {
            Set<String> named = manifests.values().stream()
                    .flatMap(manifest -> manifest.orElseThrow().files().stream())
                    .map(BackupManifest.Part::hash)
                    .collect(Collectors.toSet());
            Path files = place.resolve(taskName).resolve("files");
            for (String name : names(files)) {
                if (!named.contains(name) && old(files.resolve(name), before)) {
                    Files.deleteIfExists(files.resolve(name));
                }
            }
        }
    }

    private static Set<String> topicIds(BackupManifest manifest) {
        return manifest.mark().journals().stream()
                .map(SnapshotMark.JournalMark::topicId)
                .collect(Collectors.toSet());
    }

    private static Set<String> newest(Collection<String> names, Comparator<String> order) {
        return names.stream().sorted(order.reversed()).limit(KEPT).collect(Collectors.toCollection(HashSet::new));
    }

    private static boolean old(Path file, Instant before) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toInstant().isBefore(before);
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    /** By name; empty where a manifest cannot be read. */
    private Map<String, Optional<BackupManifest>> manifests(String taskName) throws IOException {
        Path manifests = manifestsOf(taskName);
        Map<String, Optional<BackupManifest>> found = new TreeMap<>();
        for (String name : names(manifests)) {
            try {
                found.put(name, Optional.of(BackupManifest.parse(Files.readString(manifests.resolve(name)))));
            } catch (NoSuchFileException deleted) {
                LOG.debug("Manifest {} was deleted meanwhile", name);
            } catch (RuntimeException | MalformedInputException unreadable) {
                LOG.warn(
                        "The manifest {} of a backup is passed over: {}. One that is not written to its end within the hour is deleted by the"
                                + " next backup; delete any other where no newer version of Wellspring wrote it: until then no files of old"
                                + " backups of this task are deleted",
                        manifests.resolve(name),
                        unreadable.getMessage());
                found.put(name, Optional.empty());
            }
        }
        return found;
    }

    private BackupManifest manifest(String taskName, Backup backup) throws IOException {
        Path file = manifestsOf(taskName).resolve(backup.name());
        try {
            return BackupManifest.parse(Files.readString(file));
        } catch (NoSuchFileException gone) {
            throw new CorruptException("its manifest " + file + " is gone", gone);
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9]{20}-[0-9]{10}|[0-9a-f]{64}.*"))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }

    private static long generation(String name) {
        return Long.parseLong(name.substring(name.indexOf('-') + 1));
    }

    private Path manifestsOf(String taskName) {
        return place.resolve(taskName).resolve("manifests");
    }

    private ContentFiles content(String taskName) {
        return new ContentFiles(place.resolve(taskName).resolve("files"), clock);
    }

    private static void deleteQuietly(Path tree) {
        try {
            StateDirectory.deleteTree(tree);
        } catch (IOException e) {
            LOG.warn("{} cannot be deleted; the next backup or restore tries it again: {}", tree, e.toString());
        }
    }

    private CorruptException broken(String taskName, Backup backup, CorruptException why) {
        return new CorruptException(
                "Backup " + backup.name() + " of task " + taskName + " in " + place + " is not whole: "
                        + why.getMessage() + "; put back what is missing, or use an older backup",
                why);
    }

    private RetryableException away(String done, String taskName, IOException why) {
        return new RetryableException(
                "A backup of task " + taskName + " in " + place + " cannot be " + done + ": " + why
                        + "; see that the directory is there, has room and may be written. It is tried again",
                why);
    }
}
