package io.wellspring.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.Status.Code;
import org.rocksdb.Status.SubCode;

class RocksErrorsTest {
    private final RocksErrors errors = new RocksErrors("payments-3", Path.of("tasks", "payments-3"));

    @Test
    void asksForRoomWhenTheDiskIsFull() {
        assertThat(errors.whenIt("written", error("append", Code.IOError, SubCode.NoSpace)))
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining("the disk is full; make room there");
    }

    @Test
    void repeatsOtherErrorsOfTheDisk() {
        assertThat(errors.whenIt("read", error("Input/output error", Code.IOError, SubCode.None)))
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining("Input/output error")
                .hasMessageContaining("see that the disk answers");
    }

    @Test
    void doesNotRepeatForEverWhatAMissingFileMakesImpossible() {
        String message = "While open a file for random read: 000018.sst: No such file or directory";
        assertThat(errors.whenIt("read", error(message, Code.IOError, SubCode.None)))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("000018.sst")
                .hasMessageContaining("delete that directory");
    }

    @Test
    void takesEverythingElseForCorrupt() {
        for (Code code : new Code[] {Code.Corruption, Code.InvalidArgument, Code.NotSupported, Code.Aborted}) {
            assertThat(errors.whenIt("read", error("broken", code, SubCode.None)))
                    .as(code.name())
                    .isInstanceOf(CorruptException.class);
        }
        assertThat(errors.whenIt("read", new RocksDBException("no status"))).isInstanceOf(CorruptException.class);
    }

    private static RocksDBException error(String message, Code code, SubCode subCode) {
        return new RocksDBException(message, new Status(code, subCode, message));
    }
}
