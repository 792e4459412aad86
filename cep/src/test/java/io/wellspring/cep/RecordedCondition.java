package io.wellspring.cep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import java.util.List;
import java.util.Map;

/** The condition language of the recorded cases, see their README. */
final class RecordedCondition {
    private final JsonNode json;
    private final Map<String, Step<RecordedEvent>> steps;

    RecordedCondition(JsonNode json, Map<String, Step<RecordedEvent>> steps) {
        this.json = json;
        this.steps = steps;
    }

    boolean readsOtherSteps() {
        return List.of("sum", "first", "count").stream().anyMatch(name -> json.findValue(name) != null);
    }

    /** The match is null where the condition reads no other step. */
    boolean holds(RecordedEvent event, Match match) {
        return holds(json, event, match);
    }

    private boolean holds(JsonNode node, RecordedEvent event, Match match) {
        String operator = node.fieldNames().next();
        JsonNode arguments = node.get(operator);
        return switch (operator) {
            case "true" -> true;
            case "false" -> false;
            case "and" -> all(arguments, event, match);
            case "or" -> any(arguments, event, match);
            case "not" -> !holds(arguments, event, match);
            case "eq" -> equal(value(arguments.get(0), event, match), value(arguments.get(1), event, match));
            case "lt" -> compare(arguments, event, match) < 0;
            case "le" -> compare(arguments, event, match) <= 0;
            case "gt" -> compare(arguments, event, match) > 0;
            case "ge" -> compare(arguments, event, match) >= 0;
            case "contains" -> text(arguments, 0, event, match).contains(text(arguments, 1, event, match));
            case "startsWith" -> text(arguments, 0, event, match).startsWith(text(arguments, 1, event, match));
            case "isType" -> "Event".equals(arguments.asText()) || event instanceof RecordedEvent.Sub;
            default -> throw new UnsupportedCase("condition " + operator);
        };
    }

    private boolean all(JsonNode conditions, RecordedEvent event, Match match) {
        for (JsonNode condition : conditions) {
            if (!holds(condition, event, match)) {
                return false;
            }
        }
        return true;
    }

    private boolean any(JsonNode conditions, RecordedEvent event, Match match) {
        for (JsonNode condition : conditions) {
            if (holds(condition, event, match)) {
                return true;
            }
        }
        return false;
    }

    private int compare(JsonNode arguments, RecordedEvent event, Match match) {
        JsonNode left = value(arguments.get(0), event, match);
        JsonNode right = value(arguments.get(1), event, match);
        return left.isTextual()
                ? left.asText().compareTo(right.asText())
                : Double.compare(left.asDouble(), right.asDouble());
    }

    private static boolean equal(JsonNode left, JsonNode right) {
        boolean numbers = left.isNumber() && right.isNumber();
        return numbers ? left.asDouble() == right.asDouble() : left.equals(right);
    }

    private String text(JsonNode arguments, int index, RecordedEvent event, Match match) {
        return value(arguments.get(index), event, match).asText();
    }

    private JsonNode value(JsonNode node, RecordedEvent event, Match match) {
        String kind = node.fieldNames().next();
        JsonNode argument = node.get(kind);
        return switch (kind) {
            case "field" -> event.field(argument.asText());
            case "const" -> argument;
            case "timestamp" -> event.timestamp();
            case "processingTime" -> event.processingTime();
            case "add" -> {
                double sum = 0;
                for (JsonNode term : argument) {
                    sum += value(term, event, match).asDouble();
                }
                yield DoubleNode.valueOf(sum);
            }
            case "sum" -> {
                double sum = 0;
                for (RecordedEvent earlier : match.all(step(argument))) {
                    sum += earlier.field(argument.get("field").asText()).asDouble();
                }
                yield DoubleNode.valueOf(sum);
            }
            case "first" ->
                match.first(step(argument)).field(argument.get("field").asText());
            case "count" -> IntNode.valueOf(match.count(step(argument)));
            default -> throw new UnsupportedCase("value " + kind);
        };
    }

    private Step<RecordedEvent> step(JsonNode reference) {
        return steps.get(reference.get("step").asText());
    }
}
