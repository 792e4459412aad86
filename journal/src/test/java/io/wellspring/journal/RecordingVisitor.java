package io.wellspring.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wellspring.api.error.WellspringException;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a replay delivered. */
final class RecordingVisitor implements ReplayVisitor {
    final List<String> events = new ArrayList<>();
    final List<Long> offsets = new ArrayList<>();
    int lastEpoch = -1;
    WellspringException failure;

    @Override
    public void visit(long offset, int leaderEpoch, JournalEntry entry) {
        events.add(new String(entry.event(), UTF_8));
        offsets.add(offset);
        lastEpoch = leaderEpoch;
    }

    @Override
    public void failed(WellspringException why) {
        failure = why;
    }
}
