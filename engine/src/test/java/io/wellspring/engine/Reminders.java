package io.wellspring.engine;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import java.time.Instant;

/**
 * Timers for the tests: a command above 0 sets one in event time, one below 0 sets one so many milliseconds ahead in processing time. Only what
 * fires is an event.
 */
final class Reminders implements EventSourced<String, Long, Long, Long> {
    static final Out<String> FIRED = Out.named("fired", String.class);
    static final Stage<String, Long, Long, Long> STAGE =
            Stage.of("reminders", new Reminders(), Codecs.int64(), Codecs.int64());

    static Pipeline pipeline(String name, Topic<String, Long> commands, Topic<String, String> notices) {
        return Pipeline.named(
                name, p -> p.from(commands).stage(STAGE).out(FIRED).to(notices));
    }

    @Override
    public Long initial(String key) {
        return 0L;
    }

    @Override
    public Effect<Long, Long> decide(Long fired, Long command, Context<String> context) {
        if (command > 0) {
            return none().timer("event time", Instant.ofEpochMilli(command));
        }
        return command == 0
                ? none()
                : none().timerAtProcessingTime(
                                "processing time", context.processingTime().minusMillis(command));
    }

    @Override
    public Effect<Long, Long> onTimer(Long fired, String timer, Context<String> context) {
        return persist(context.eventTimeMillis()).emit(FIRED, after -> timer + " " + after);
    }

    @Override
    public Long evolve(Long fired, Long event) {
        return fired + 1;
    }
}
