package io.wellspring.cep;

import com.fasterxml.jackson.databind.JsonNode;

/** An event of a recorded case; equal to itself only. */
class RecordedEvent {
    private final JsonNode json;

    RecordedEvent(JsonNode json) {
        this.json = json;
    }

    static RecordedEvent of(JsonNode json) {
        return switch (json.at("/fields/type").asText()) {
            case "Event" -> new RecordedEvent(json);
            case "SubEvent" -> new Sub(json);
            default -> throw new UnsupportedCase("event type " + json.at("/fields/type"));
        };
    }

    int id() {
        return json.get("id").asInt();
    }

    long timeMillis() {
        return json.get("ts").asLong();
    }

    JsonNode field(String name) {
        JsonNode value = json.get("fields").get(name);
        if (value == null) {
            throw new UnsupportedCase("event without field " + name);
        }
        return value;
    }

    JsonNode processingTime() {
        JsonNode value = json.get("processingTime");
        if (value == null) {
            throw new UnsupportedCase("event without processing time");
        }
        return value;
    }

    JsonNode timestamp() {
        return json.get("ts");
    }

    @Override
    public String toString() {
        return "#" + id();
    }

    /** The subtype of the recorded cases. */
    static final class Sub extends RecordedEvent {
        Sub(JsonNode json) {
            super(json);
        }
    }
}
