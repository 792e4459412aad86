package io.wellspring.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Stage;
import io.wellspring.api.View;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.CodecException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** A till that takes amounts, refuses what its limit does not allow, and is emptied at closing time. */
class Tills implements EventSourced<String, String, Tills.Event, Tills.Till> {
    record Event(String what, long cents) {}

    record Till(long cents) {}

    static final View<String, Long> LIMITS = View.sameTask("limits", String.class, Long.class);
    static final View<String, Long> UNDECLARED = View.sameTask("undeclared", String.class, Long.class);
    static final Out<String> RECEIPTS = Out.named("receipts", String.class);
    static final Out<Long> TOTALS = Out.named("totals", Long.class);

    static final Codec<Event> EVENTS = codec(
            "event",
            event -> event.what() + " " + event.cents(),
            words -> new Event(words[0], Long.parseLong(words[1])));
    static final Codec<Till> STATE =
            codec("till", till -> Long.toString(till.cents()), words -> new Till(Long.parseLong(words[0])));
    static final Stage<String, String, Event, Till> STAGE = stage(new Tills());

    static Stage<String, String, Event, Till> stage(EventSourced<String, String, Event, Till> behaviour) {
        return Stage.of("tills", behaviour, EVENTS, STATE).reading(LIMITS);
    }

    static Event took(long cents) {
        return new Event("took", cents);
    }

    @Override
    public Till initial(String key) {
        return new Till(0);
    }

    @Override
    public Effect<Event, Till> decide(Till till, String command, Context<String> context) {
        if (command.equals("close")) {
            return persist(new Event("closed", till.cents()));
        }
        if (command.equals("look")) {
            return none();
        }
        if (command.equals("time")) {
            List<Long> times =
                    List.of(context.watermarkMillis(), context.processingTime().toEpochMilli());
            return persist(new Event("time", context.eventTimeMillis())).emitAll(TOTALS, after -> times);
        }
        if (command.equals("time, too late")) {
            return none().emit(TOTALS, after -> context.eventTimeMillis());
        }
        if (command.equals("emit null")) {
            return none().emitAll(TOTALS, after -> null);
        }
        if (command.equals("decide null")) {
            return null;
        }
        if (command.equals("peek elsewhere")) {
            return persist(took(context.view(UNDECLARED, "x").orElse(0L)));
        }
        long cents = Long.parseLong(command);
        if (till.cents() + cents > context.view(LIMITS, context.key()).orElse(Long.MAX_VALUE)) {
            return persist(new Event("refused", cents)).emit(RECEIPTS, after -> "refused");
        }
        return persistAll(List.of(took(cents)))
                .emit(RECEIPTS, after -> "took " + cents)
                .emit(TOTALS, Till::cents);
    }

    @Override
    public Till evolve(Till till, Event event) {
        return switch (event.what()) {
            case "took" -> new Till(till.cents() + event.cents());
            case "closed" -> null;
            case "torn" -> throw new IllegalArgumentException("who would tear a till");
            default -> till;
        };
    }

    static <T> Codec<T> codec(String name, Function<T, String> writer, Function<String[], T> reader) {
        return new Codec<>() {
            @Override
            public String contentName() {
                return name;
            }

            @Override
            public byte[] encode(T value) {
                return writer.apply(value).getBytes(UTF_8);
            }

            @Override
            public T decode(byte[] bytes) {
                try {
                    return reader.apply(new String(bytes, UTF_8).split(" ", -1));
                } catch (RuntimeException e) {
                    throw new CodecException("not a " + name + ": " + Arrays.toString(bytes), e);
                }
            }
        };
    }
}
