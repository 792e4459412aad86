package io.wellspring.cep;

import com.fasterxml.jackson.databind.JsonNode;
import io.wellspring.api.error.ConfigException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs one recorded case and says how what came out differs from what was recorded. */
final class RecordedCase {
    private final JsonNode json;
    private final RecordedPattern recorded = new RecordedPattern();
    private final List<String> found = new ArrayList<>();
    private final List<String> foundTimeouts = new ArrayList<>();
    private PatternTest<Map<String, List<Integer>>> test;

    RecordedCase(JsonNode json) {
        this.json = json;
    }

    /**
     * Runs the case.
     *
     * @return the differences, empty where there are none
     * @throws UnsupportedCase when patterns cannot express it
     */
    String differences() {
        Sequence sequence = recorded.build(json.get("pattern"), !timesNeverGoBack(json));
        test = PatternTest.of(sequence.select(recorded::ids));
        try {
            run();
        } catch (ConfigException e) {
            if (!json.at("/pattern/skip/throwIfMissing").asBoolean()) {
                throw e;
            }
        }
        String matches = difference("matches", expected(), found);
        String timeouts = json.path("timeoutHandling").asBoolean()
                ? difference("timeouts", expectedTimeouts(), foundTimeouts)
                : "";
        return matches
                + timeouts
                + difference("matches of the reference", expected(), new RecordedReference(json).found());
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
            RecordedEvent event = RecordedEvent.of(json.get("events").get(i));
            if (advances) {
                advance(event.timeMillis(), i);
            }
            int matchesBefore = test.results().size();
            test.event(event, Instant.ofEpochMilli(event.timeMillis()));
            note(matchesBefore, "event " + i);
        }
    }

    private void advance(long millis, int beforeEvent) {
        int matchesBefore = test.results().size();
        int timeoutsBefore = test.timeouts().size();
        test.advanceTo(Instant.ofEpochMilli(millis));
        note(matchesBefore, "time " + millis + " before " + beforeEvent);
        for (Timeout timeout :
                test.timeouts().subList(timeoutsBefore, test.timeouts().size())) {
            foundTimeouts.add(recorded.ids(timeout.partial()) + " deadline "
                    + timeout.deadline().toEpochMilli() + " at " + millis);
        }
    }

    private void note(int from, String when) {
        test.results().subList(from, test.results().size()).forEach(match -> found.add(match + " at " + when));
    }

    static boolean timesNeverGoBack(JsonNode json) {
        long last = Long.MIN_VALUE;
        for (JsonNode event : json.get("events")) {
            if (event.get("ts").asLong() < last) {
                return false;
            }
            last = event.get("ts").asLong();
        }
        return true;
    }

    private List<String> expected() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < json.get("expected").size(); i++) {
            JsonNode at = json.get("expectedAt").get(i);
            String when = at.has("event")
                    ? "event " + at.get("event").asInt()
                    : "time " + at.get("time").asLong() + " before "
                            + at.get("beforeEvent").asInt();
            all.add(ids(json.get("expected").get(i)) + " at " + when);
        }
        return all;
    }

    private List<String> expectedTimeouts() {
        List<String> all = new ArrayList<>();
        for (JsonNode timeout : json.path("expectedTimeouts")) {
            all.add(ids(timeout.get("partial")) + " deadline "
                    + timeout.get("deadline").asLong() + " at "
                    + timeout.get("atTime").asLong());
        }
        return all;
    }

    private static Map<String, List<Integer>> ids(JsonNode match) {
        Map<String, List<Integer>> ids = new TreeMap<>();
        match.properties().forEach(entry -> {
            List<Integer> events = new ArrayList<>();
            entry.getValue().forEach(id -> events.add(id.asInt()));
            ids.put(entry.getKey(), events);
        });
        return ids;
    }

    private static String difference(String what, List<String> expected, List<String> found) {
        List<String> missing = new ArrayList<>(expected);
        List<String> extra = new ArrayList<>(found);
        expected.forEach(extra::remove);
        found.forEach(missing::remove);
        boolean same = missing.isEmpty() && extra.isEmpty() && expected.size() == found.size();
        return same ? "" : what + ": missing " + missing + ", not expected " + extra + "; ";
    }
}
