package io.wellspring.engine;

import io.wellspring.api.KeyedStream;
import io.wellspring.api.Topic;
import io.wellspring.cep.Cep;
import io.wellspring.cep.Match;
import io.wellspring.cep.Pattern;
import io.wellspring.cep.Step;
import io.wellspring.engine.Came.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * The patterns of a {@link Timeline}, and what they match by the definition of their operators: all records of a key are looked through for each
 * match, with no state in between.
 */
final class ShopPatterns {
    static final String RISING = "rising";
    static final String LONELY = "lonely";
    static final String PAIRED = "paired";
    static final long WINDOW_MILLIS = 150;
    /** So long that what waits for a match takes more than one part. */
    static final long LONG_WINDOW_MILLIS = 1_500;

    private ShopPatterns() {}

    /** One event of a key. */
    record Seen(long value, long timeMillis) {
        boolean is(Kind kind) {
            return Came.kind(value) == kind;
        }
    }

    /** An A, any later B that is larger, and the first C behind it, within the window. */
    private static Pattern<String> rising() {
        Step<Long> a = step("a", Kind.A);
        Step<Long> b = step("b", Kind.B).and((Long value, Match match) -> isLarger(value, match.one(a)));
        Step<Long> c = step("c", Kind.C);
        return Pattern.begin(a)
                .followedByAny(b)
                .followedBy(c)
                .within(Duration.ofMillis(WINDOW_MILLIS))
                .select(match -> match.one(a) + "<" + match.one(b) + "<" + match.one(c));
    }

    /** An A, any later B, and the first C behind it, within the long window: nothing but the event decides, so its cost is constant. */
    private static Pattern<String> paired() {
        Step<Long> a = step("a", Kind.A);
        Step<Long> b = step("b", Kind.B);
        Step<Long> c = step("c", Kind.C);
        return Pattern.begin(a)
                .followedByAny(b)
                .followedBy(c)
                .within(Duration.ofMillis(LONG_WINDOW_MILLIS))
                .select(match -> match.one(a) + "+" + match.one(b) + "+" + match.one(c));
    }

    /** An A with no C in the window behind it, which only time can tell. */
    private static Pattern<String> lonely() {
        Step<Long> a = step("a", Kind.A);
        return Pattern.begin(a)
                .notFollowedBy(step("c", Kind.C))
                .within(Duration.ofMillis(WINDOW_MILLIS))
                .select(match -> Long.toString(match.one(a)));
    }

    private static Step<Long> step(String name, Kind kind) {
        return Step.of(name, Long.class).where(value -> Came.kind(value) == kind);
    }

    private static boolean isLarger(long b, long a) {
        return b / 10 % 7 > a / 10 % 7;
    }

    static void describe(
            List<KeyedStream<String, Long>> streams,
            Topic<String, String> risen,
            Topic<String, String> alone,
            Topic<String, String> pairs) {
        cep(streams).match(RISING, rising()).to(risen);
        cep(streams).match(LONELY, lonely()).to(alone);
        cep(streams).match(PAIRED, paired()).to(pairs);
    }

    private static Cep<String> cep(List<KeyedStream<String, Long>> streams) {
        Cep<String> cep = Cep.over(streams.get(0));
        for (KeyedStream<String, Long> more : streams.subList(1, streams.size())) {
            cep = cep.and(more);
        }
        return cep;
    }

    /** What {@link #rising} finds in the events of a key. */
    static List<String> risingIn(List<Seen> events) {
        return triplesIn(events, WINDOW_MILLIS, "<", ShopPatterns::isLarger);
    }

    /** What {@link #paired} finds in the events of a key. */
    static List<String> pairedIn(List<Seen> events) {
        return triplesIn(events, LONG_WINDOW_MILLIS, "+", (b, a) -> true);
    }

    private static List<String> triplesIn(
            List<Seen> events, long windowMillis, String between, BiPredicate<Long, Long> condition) {
        List<String> found = new ArrayList<>();
        for (int first = 0; first < events.size(); first++) {
            for (int second = first + 1; second < events.size(); second++) {
                Seen a = events.get(first);
                Seen b = events.get(second);
                if (a.is(Kind.A) && b.is(Kind.B) && condition.test(b.value(), a.value())) {
                    events.subList(second + 1, events.size()).stream()
                            .filter(event -> event.is(Kind.C))
                            .findFirst()
                            .filter(c -> c.timeMillis() < a.timeMillis() + windowMillis)
                            .ifPresent(c -> found.add(a.value() + between + b.value() + between + c.value()));
                }
            }
        }
        return found;
    }

    /** What {@link #lonely} finds in the events of a key once event time has come so far. */
    static List<String> lonelyIn(List<Seen> events, long watermarkMillis) {
        List<String> found = new ArrayList<>();
        for (int first = 0; first < events.size(); first++) {
            Seen a = events.get(first);
            long end = a.timeMillis() + WINDOW_MILLIS;
            if (a.is(Kind.A)
                    && end <= watermarkMillis
                    && events.subList(first + 1, events.size()).stream()
                            .noneMatch(event -> event.is(Kind.C) && event.timeMillis() < end)) {
                found.add(Long.toString(a.value()));
            }
        }
        return found;
    }
}
