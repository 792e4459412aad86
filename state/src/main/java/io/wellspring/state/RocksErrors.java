package io.wellspring.state;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.error.WellspringException;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * What RocksDB reports, in the words of the error family: the disk is full or away (repeat), or what is stored does not fit
 * together (stop, or discard and replay). Without a status it is the second: going on would guess.
 */
final class RocksErrors {
    private final String task;
    private final Path path;

    RocksErrors(String task, Path path) {
        this.task = task;
        this.path = path;
    }

    /** A missing file is an I/O error to RocksDB; to a database that was opened before it is a broken one. */
    WellspringException opening(RocksDBException e) {
        return isDisk(e) && !e.getMessage().contains("No such file") ? retryable("opened", e) : corrupt("opened", e);
    }

    WellspringException reading(RocksDBException e) {
        return isDisk(e) ? retryable("read", e) : corrupt("read", e);
    }

    WellspringException writing(RocksDBException e) {
        return isDisk(e) ? retryable("written", e) : corrupt("written", e);
    }

    CorruptException corrupt(String what, Exception e) {
        return new CorruptException(
                "The state of task '" + task + "' in " + path + " cannot be " + what + ": " + e.getMessage() + "; "
                        + remedy(),
                e);
    }

    String remedy() {
        return "the journal still has all of it: delete that directory and the task replays its journal from the beginning";
    }

    private RetryableException retryable(String what, RocksDBException e) {
        boolean full = isFull(e);
        return new RetryableException(
                "The state of task '" + task + "' in " + path + " cannot be " + what + ": "
                        + (full ? "the disk is full" : e.getMessage()) + "; "
                        + (full ? "make room there" : "see that the disk answers and may be written")
                        + ", nothing is lost meanwhile",
                e);
    }

    static boolean isFull(RocksDBException e) {
        Status status = e.getStatus();
        return status != null && status.getSubCode() == Status.SubCode.NoSpace;
    }

    private static boolean isDisk(RocksDBException e) {
        Status status = e.getStatus();
        if (status == null) {
            return false;
        }
        return switch (status.getCode()) {
            case IOError, TimedOut, Busy, TryAgain, Incomplete -> true;
            default -> isFull(e);
        };
    }
}
