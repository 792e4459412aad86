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
    static final int STALL_LIMIT_SECONDS = 10;

    private final String task;
    private final Path path;

    RocksErrors(String task, Path path) {
        this.task = task;
        this.path = path;
    }

    /** A missing file is an I/O error to RocksDB, but no repetition brings it back. */
    WellspringException whenIt(String was, RocksDBException e) {
        return isDisk(e) && !e.getMessage().contains("No such file") ? retryable(was, e) : corrupt(was, e);
    }

    CorruptException corrupt(String was, Exception e) {
        return new CorruptException(
                "The state of task '" + task + "' in " + path + " cannot be " + was + ": " + e.getMessage() + "; "
                        + remedy(),
                e);
    }

    String remedy() {
        return "the journal still has all of it: delete that directory and the task replays its journal from the beginning";
    }

    RetryableException stalled() {
        return new RetryableException(
                "The state of task '" + task + "' in " + path + " cannot be written: the disk is full or too slow,"
                        + " it has not taken what was written before for " + STALL_LIMIT_SECONDS
                        + " s; make room there or take a faster one, nothing is lost meanwhile");
    }

    private RetryableException retryable(String was, RocksDBException e) {
        boolean full = isFull(e);
        return new RetryableException(
                "The state of task '" + task + "' in " + path + " cannot be " + was + ": "
                        + (full ? "the disk is full" : e.getMessage()) + "; "
                        + (full ? "make room there" : "see that the disk answers and may be written")
                        + ", nothing is lost meanwhile",
                e);
    }

    static boolean isStall(RocksDBException e) {
        Status status = e.getStatus();
        return status != null && status.getCode() == Status.Code.Incomplete;
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
            case IOError, TimedOut, Busy, TryAgain -> true;
            default -> isFull(e);
        };
    }
}
