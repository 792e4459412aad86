package io.wellspring.engine;

import java.time.Instant;

/** Why a late record is not processed; no error of the code, so it carries no stack. */
final class LateRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LateRecordException(long eventTimeMillis, long watermarkMillis) {
        super(
                "the event time " + Instant.ofEpochMilli(eventTimeMillis) + " lies "
                        + (watermarkMillis - eventTimeMillis) + " ms behind the watermark",
                null,
                false,
                false);
    }
}
