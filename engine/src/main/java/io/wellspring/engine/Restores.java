package io.wellspring.engine;

import io.wellspring.api.error.CorruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The tasks of a worker that wait for a backup before they are opened: those without a local snapshot, and those whose journals were cut past it.
 * A task that leaves meanwhile is forgotten; what is restored for it then is local state like any other. Confined to the worker's thread.
 */
final class Restores {
    private final BackupPlace place;
    private final WorkerSetup setup;
    private final Map<TaskId, Search> searches = new TreeMap<>();

    Restores(BackupPlace place, WorkerSetup setup) {
        this.place = place;
        this.setup = setup;
    }

    /** A search under way, and the error that led to it. */
    private record Search(FutureTask<BackupSearch.Found> under, Optional<CorruptException> fault) {}

    /**
     * A search that has ended.
     *
     * @param id the task
     * @param found what was found
     * @param fault why its recovery had failed, where it had
     * @param failure why the search failed; then nothing was found
     */
    record Ended(
            TaskId id,
            Optional<BackupSearch.Found> found,
            Optional<CorruptException> fault,
            Optional<RuntimeException> failure) {}

    /** Looks for a backup of a task that has no local snapshot. */
    void begin(TaskId id) {
        begin(id, Optional.empty(), Optional.empty());
    }

    /** Looks for a backup of a task whose recovery failed, if its journals are cut past its local positions. */
    void begin(TaskId id, Map<String, Long> local, CorruptException fault) {
        begin(id, Optional.of(local), Optional.of(fault));
    }

    private void begin(TaskId id, Optional<Map<String, Long>> local, Optional<CorruptException> fault) {
        var search = new FutureTask<>(new BackupSearch(
                id, local, place, setup.cluster(), setup.engine().ends()));
        searches.put(id, new Search(search, fault));
        place.restorer().execute(search);
    }

    boolean none() {
        return searches.isEmpty();
    }

    void forget(TaskId id) {
        searches.remove(id);
    }

    /** Takes out what has ended. */
    List<Ended> ended() {
        List<Ended> ended = new ArrayList<>();
        searches.forEach((id, search) -> {
            if (search.under().isDone()) {
                ended.add(ended(id, search));
            }
        });
        ended.forEach(search -> searches.remove(search.id()));
        return ended;
    }

    private static Ended ended(TaskId id, Search search) {
        try {
            return new Ended(id, Optional.of(search.under().get()), search.fault(), Optional.empty());
        } catch (ExecutionException failed) {
            RuntimeException why = failed.getCause() instanceof RuntimeException known
                    ? known
                    : new IllegalStateException("The search for a backup of task " + id + " failed", failed.getCause());
            return new Ended(id, Optional.empty(), search.fault(), Optional.of(why));
        } catch (InterruptedException e) {
            throw new IllegalStateException("waited for a search that was done", e);
        }
    }

    /** The end of a task whose journals are cut past its state, and that has no backup to go on from. */
    CorruptException nothingFits(CorruptException fault, List<String> passedOver) {
        return new CorruptException(
                fault.getMessage() + ". No backup in " + place.directory() + " can be gone on from: "
                        + (passedOver.isEmpty() ? "there is none of this task" : String.join("; ", passedOver)),
                fault);
    }
}
