package io.wellspring.cep;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Builds the pattern of a recorded case through the public API. */
final class RecordedPattern {
    private final Map<String, Step<RecordedEvent>> handles = new LinkedHashMap<>();
    private final Map<String, Step<RecordedEvent>> taking = new LinkedHashMap<>();
    private Duration window;

    /** The pattern, to be finished by {@link #ids}: a match gives the ids of its events by step. */
    Sequence build(JsonNode pattern, boolean inArrivalOrder) {
        addHandles(pattern.get("steps"));
        Sequence sequence = sequence(pattern.get("steps"));
        if (window != null) {
            sequence = sequence.within(window);
        }
        if (inArrivalOrder) {
            sequence = sequence.inArrivalOrder();
        }
        return skipping(sequence, pattern.get("skip"));
    }

    Map<String, List<Integer>> ids(Match match) {
        Map<String, List<Integer>> ids = new TreeMap<>();
        taking.forEach((name, step) -> {
            if (match.count(step) > 0) {
                ids.put(name, match.all(step).stream().map(RecordedEvent::id).collect(Collectors.toList()));
            }
        });
        return ids;
    }

    private void addHandles(JsonNode steps) {
        for (JsonNode step : steps) {
            if (step.has("group")) {
                addHandles(step.get("group"));
            } else {
                String name = step.get("name").asText();
                handles.put(name, Step.of(name, RecordedEvent.class));
                if (!step.get("contiguity").asText().startsWith("not")) {
                    taking.put(name, handles.get(name));
                }
            }
        }
    }

    private Sequence sequence(JsonNode steps) {
        Sequence sequence = null;
        for (JsonNode step : steps) {
            String contiguity = step.get("contiguity").asText();
            sequence = switch (contiguity) {
                case "begin" -> Pattern.begin(part(step));
                case "next" -> sequence.next(part(step));
                case "followedBy" -> sequence.followedBy(part(step));
                case "followedByAny" -> sequence.followedByAny(part(step));
                case "notNext" -> sequence.notNext(plain(step));
                case "notFollowedBy" -> sequence.notFollowedBy(plain(step));
                default -> throw new UnsupportedCase("contiguity " + contiguity);
            };
            JsonNode within = step.path("within");
            if (within.has("previousAndCurrent")) {
                sequence = sequence.withinOfPrevious(
                        Duration.ofMillis(within.get("previousAndCurrent").asLong()));
            }
            if (within.has("firstAndLast")) {
                Duration here = Duration.ofMillis(within.get("firstAndLast").asLong());
                window = window == null || here.compareTo(window) < 0 ? here : window;
            }
        }
        return sequence;
    }

    private Part part(JsonNode step) {
        return step.has("group") ? group(step) : quantified(step);
    }

    private Step<RecordedEvent> plain(JsonNode step) {
        Step<RecordedEvent> handle = handles.get(step.get("name").asText());
        JsonNode json = step.get("condition");
        if (json == null || json.has("true")) {
            return handle;
        }
        var condition = new RecordedCondition(json, handles);
        return condition.readsOtherSteps()
                ? handle.where(condition::holds)
                : handle.where(event -> condition.holds(event, null));
    }

    private Step<RecordedEvent> quantified(JsonNode json) {
        Step<RecordedEvent> step = plain(json);
        if (json.has("until")) {
            var until = new RecordedCondition(json.get("until"), handles);
            step = until.readsOtherSteps() ? step.until(until::holds) : step.until(event -> until.holds(event, null));
        }
        JsonNode quantifier = json.get("quantifier");
        if (quantifier == null) {
            return step;
        }
        int from = quantifier.get("from").asInt();
        boolean unbounded = quantifier.get("to").isNull();
        if (unbounded) {
            step = step.timesOrMore(from);
        } else if (from != 1 || quantifier.get("to").asInt() != 1) {
            step = step.times(from, quantifier.get("to").asInt());
        }
        step = quantifier.path("optional").asBoolean() ? step.optional() : step;
        step = quantifier.path("greedy").asBoolean() ? step.greedy() : step;
        step = quantifier.hasNonNull("window")
                ? step.withinLoop(Duration.ofMillis(quantifier.get("window").asLong()))
                : step;
        return switch (quantifier.path("inner").asText("relaxed")) {
            case "consecutive" -> step.consecutive();
            case "combinations" -> step.allowCombinations();
            default -> step;
        };
    }

    private Group group(JsonNode json) {
        Group group = Group.of(sequence(json.get("group")));
        if (json.has("until")) {
            var until = new RecordedCondition(json.get("until"), handles);
            group = until.readsOtherSteps()
                    ? group.until(RecordedEvent.class, until::holds)
                    : group.until(RecordedEvent.class, event -> until.holds(event, null));
        }
        JsonNode quantifier = json.get("quantifier");
        if (quantifier == null) {
            return group;
        }
        int from = quantifier.get("from").asInt();
        if (quantifier.get("to").isNull()) {
            group = group.timesOrMore(from);
        } else if (from != 1 || quantifier.get("to").asInt() != 1) {
            group = group.times(from, quantifier.get("to").asInt());
        }
        group = quantifier.path("optional").asBoolean() ? group.optional() : group;
        group = quantifier.path("greedy").asBoolean() ? group.greedy() : group;
        group = quantifier.hasNonNull("window")
                ? group.withinLoop(Duration.ofMillis(quantifier.get("window").asLong()))
                : group;
        return switch (quantifier.path("inner").asText("relaxed")) {
            case "consecutive" -> group.consecutive();
            case "combinations" -> group.allowCombinations();
            default -> group;
        };
    }

    private Sequence skipping(Sequence sequence, JsonNode skip) {
        IfMissing ifMissing = skip.path("throwIfMissing").asBoolean() ? IfMissing.FAIL : IfMissing.KEEP_ALL;
        String strategy = skip.get("strategy").asText();
        return switch (strategy) {
            case "NO_SKIP" -> sequence.noSkip();
            case "SKIP_TO_NEXT" -> sequence.skipToNext();
            case "SKIP_PAST_LAST_EVENT" -> sequence.skipPastLastEvent();
            case "SKIP_TO_FIRST" ->
                sequence.skipToFirst(handles.get(skip.get("step").asText()), ifMissing);
            case "SKIP_TO_LAST" ->
                sequence.skipToLast(handles.get(skip.get("step").asText()), ifMissing);
            default -> throw new UnsupportedCase("skip strategy " + strategy);
        };
    }
}
