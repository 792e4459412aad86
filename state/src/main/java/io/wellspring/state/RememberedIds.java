package io.wellspring.state;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.RetryableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/** Ids in a text file, one a line, in the order in which they were remembered. Thread-safe. */
final class RememberedIds {
    /** Far above the workers of one process; each id costs a call to the broker at start. */
    private static final int MAX_IDS = 10_000;

    private final Path file;
    private final Set<String> ids;

    private RememberedIds(Path file, Set<String> ids) {
        this.file = file;
        this.ids = ids;
    }

    static RememberedIds read(Path file) throws IOException {
        Set<String> ids = new LinkedHashSet<>();
        if (Files.exists(file)) {
            Files.readAllLines(file).stream().filter(line -> !line.isBlank()).forEach(ids::add);
        }
        return new RememberedIds(file, ids);
    }

    synchronized Set<String> all() {
        return Collections.unmodifiableSet(new LinkedHashSet<>(ids));
    }

    synchronized void remember(String id) {
        if (id.isBlank() || !id.equals(id.strip()) || id.lines().count() != 1) {
            throw new IllegalArgumentException("The id '" + id + "' is blank, ends in blanks or has several lines");
        }
        if (ids.contains(id)) {
            return;
        }
        if (ids.size() >= MAX_IDS) {
            throw new ConfigException(file + " remembers " + ids.size()
                    + " ids already; they should be stable per worker, so look why they change");
        }
        try {
            DurableFile.replace(file, String.join("\n", ids) + "\n" + id + "\n");
            ids.add(id);
        } catch (IOException e) {
            throw new RetryableException(
                    "The id '" + id + "' cannot be remembered in " + file + ": " + e + "; make room there", e);
        }
    }
}
