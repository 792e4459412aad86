package io.wellspring.benchmarks;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.codec.Tag;
import io.wellspring.benchmarks.contestant.ContestantSettings;
import io.wellspring.benchmarks.contestant.Entry;
import io.wellspring.benchmarks.contestant.Receipt;
import io.wellspring.cep.Cep;
import io.wellspring.cep.Pattern;
import io.wellspring.cep.Step;
import java.time.Duration;

/**
 * The sequence of the pattern matrix, n = 3 and skip till next, among the entries of an account. Their amounts give the types: those of the first two steps and
 * six of noise; one entry in a hundred is of the last step. An entry that completes matches is answered once, with the number of the first entry of
 * the first of them.
 */
final class EntryPattern {
    private static final int TYPES = 8;
    private static final int COMPLETING = 100;
    private static final int LAST = 2;

    /** Longer than a run: which entries match must not depend on when they were written. */
    private static final Duration WINDOW = Duration.ofHours(6);

    private static final Step<Noted> FIRST = Step.of("first", Noted.class).where(noted -> noted.type() == 0);
    private static final Step<Noted> SECOND = Step.of("second", Noted.class).where(noted -> noted.type() == 1);
    private static final Step<Noted> THIRD = Step.of("third", Noted.class).where(noted -> noted.type() == LAST);

    private EntryPattern() {}

    /** What the pattern looks at. */
    record Noted(@Tag(1) long number, @Tag(2) int type) {
        static Noted of(long number, long cents) {
            int kind = (int) Math.floorMod(cents, (long) TYPES);
            boolean completes = Math.floorMod(cents, (long) COMPLETING) == COMPLETING - 1;
            return new Noted(number, completes ? LAST : kind < LAST ? kind : kind + 1);
        }
    }

    /** Numbers of the first and the last entry. */
    record Found(long first, long last) {}

    static Pattern<Found> pattern() {
        return Pattern.begin(FIRST)
                .followedBy(SECOND)
                .followedBy(THIRD)
                .within(WINDOW)
                .maxMatchesPerEvent(1)
                .select(match ->
                        new Found(match.one(FIRST).number(), match.one(THIRD).number()));
    }

    static Pipeline pipeline(ContestantSettings settings) {
        Codec<byte[]> bytes = Codecs.bytes();
        return Pipeline.named(
                settings.runId(),
                p -> Cep.over(p.from(Topic.of(settings.inputTopic(), Codecs.utf8(), bytes))
                                .map(entry -> Noted.of(Entry.number(entry), Entry.cents(entry)))
                                .withCodec(Codecs.records(Noted.class)))
                        .match("pattern", pattern())
                        .map(found -> Receipt.of(found.last(), found.first()))
                        .to(Topic.of(settings.outputTopic(), Codecs.utf8(), bytes)));
    }
}
