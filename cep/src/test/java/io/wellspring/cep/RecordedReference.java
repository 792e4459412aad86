package io.wellspring.cep;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Runs one recorded case through the reference instead of the evaluator. */
final class RecordedReference {
    private final JsonNode json;
    private final RecordedPattern recorded = new RecordedPattern();
    private final List<String> found = new ArrayList<>();
    private final ReferenceMatcher reference;
    private final StepTable steps;

    RecordedReference(JsonNode json) {
        this.json = json;
        Sequence sequence = recorded.build(json.get("pattern"), !RecordedCase.timesNeverGoBack(json));
        this.steps = PatternChecks.check(sequence.block(), sequence.terms());
        List<Occurrence> events = new ArrayList<>();
        for (JsonNode event : json.get("events")) {
            RecordedEvent value = RecordedEvent.of(event);
            events.add(new Occurrence(events.size(), value.timeMillis(), 0, value));
        }
        this.reference = new ReferenceMatcher(sequence, events, "key");
    }

    /** The matches with their moments, as {@link RecordedCase} names them. */
    List<String> found() {
        try {
            run();
        } catch (ReferenceMatcher.CannotSkip e) {
            // What was reported before the strategy failed counts.
            return found;
        }
        return found;
    }

    private void run() {
        boolean advances = json.path("advanceTimeBeforeEachEvent").asBoolean(true);
        int events = json.get("events").size();
        for (int i = 0; i <= events; i++) {
            for (JsonNode advance : json.path("advanceTime")) {
                if (advance.get("beforeEvent").asInt() == i) {
                    advance(advance.get("ts").asLong(), i);
                }
            }
            if (i == events) {
                return;
            }
            if (advances) {
                advance(json.get("events").get(i).get("ts").asLong(), i);
            }
            List<Partial> reported =
                    reference.advanceTo(json.get("events").get(i).get("ts").asLong());
            reported.addAll(reference.event());
            note(reported, "event " + i);
        }
    }

    private void advance(long millis, int beforeEvent) {
        note(reference.advanceTo(millis), "time " + millis + " before " + beforeEvent);
    }

    private void note(List<Partial> matches, String when) {
        matches.forEach(match -> found.add(recorded.ids(new Match(steps, match, "key")) + " at " + when));
    }
}
