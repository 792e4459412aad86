package io.wellspring.cep;

import io.wellspring.api.KeyedStream;
import io.wellspring.api.Policy;
import io.wellspring.api.Stage;
import io.wellspring.api.StageStream;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs patterns in a pipeline: {@code Cep.over(logins).and(ledger.events()).match("takeover", takeover).to(ALERTS)}. A pattern becomes an
 * event-sourced stage of its own, so partial matches survive crashes and every match comes out exactly once. Immutable.
 *
 * <p>The streams have one key type; their events are matched for each key in order of event time, whatever topic they come from. Ties go
 * by the order in which the topics were declared, then partition, then offset.
 *
 * @param <K> the type of the keys
 */
public final class Cep<K> {
    private final List<KeyedStream<K, ?>> streams;
    private final Consumer<? super KeyedStream<K, Timeout>> onTimeout;
    private final Consumer<? super KeyedStream<K, Object>> onLate;
    /** Null where the sources' own hold. */
    private final Policy policy;

    private Cep(
            List<KeyedStream<K, ?>> streams,
            Consumer<? super KeyedStream<K, Timeout>> onTimeout,
            Consumer<? super KeyedStream<K, Object>> onLate,
            Policy policy) {
        this.streams = streams;
        this.onTimeout = onTimeout;
        this.onLate = onLate;
        this.policy = policy;
    }

    /**
     * Matches over a stream.
     *
     * @param stream the stream; its value codec is known or named with {@link KeyedStream#withCodec}
     * @param <K> the type of the keys
     * @return what to add streams to, or to match
     */
    public static <K> Cep<K> over(KeyedStream<K, ?> stream) {
        return new Cep<>(List.of(Objects.requireNonNull(stream, "stream")), null, null, null);
    }

    /**
     * Matches over one more stream. Its events may be of another type; steps select by class.
     *
     * @param stream a stream of the same pipeline and key codec
     * @return all of them; streams may be added behind the others as long as partial matches live, not between them
     */
    public Cep<K> and(KeyedStream<K, ?> stream) {
        var longer = new ArrayList<>(streams);
        longer.add(Objects.requireNonNull(stream, "stream"));
        return new Cep<>(List.copyOf(longer), onTimeout, onLate, policy);
    }

    /**
     * Also gives the partial matches that a window closed.
     *
     * @param consumer called while the pipeline is described, with the stream to continue
     * @return these streams with that output
     */
    public Cep<K> onTimeout(Consumer<? super KeyedStream<K, Timeout>> consumer) {
        return new Cep<>(streams, Objects.requireNonNull(consumer, "consumer"), onLate, policy);
    }

    /**
     * Also gives the events that came too late: earlier than an event of their key that changed the matching before, while a partial match
     * of the key lives. Where none does, nothing is remembered to be late against.
     *
     * @param consumer called while the pipeline is described, with the stream to continue
     * @return these streams with that output
     */
    public Cep<K> onLate(Consumer<? super KeyedStream<K, Object>> consumer) {
        return new Cep<>(streams, onTimeout, Objects.requireNonNull(consumer, "consumer"), policy);
    }

    /**
     * What happens to an event that the pattern's stage cannot process: a condition throws, it would exceed
     * {@link Sequence#maxPartialMatches}, or it completes more matches than can be listed. Such an event has changed nothing: the partial
     * matches of its key stay as they were.
     *
     * @param changed the policy; without one that of the event's source is asked
     * @return these streams with that policy
     * @see Stage#onError
     */
    public Cep<K> onError(Policy changed) {
        return new Cep<>(streams, onTimeout, onLate, Objects.requireNonNull(changed, "changed"));
    }

    /**
     * Adds the stage that looks for a pattern. Where {@link Pattern#explain} says that its cost is constant, and the pattern has a window and no
     * {@link #onTimeout}, that holds for the stage too: an event costs the same whatever the window holds, a snapshot costs what changed, and
     * {@link Sequence#maxPartialMatches} is not needed. An event that would complete more than 100,000 matches that are not only counted is then
     * one that the stage cannot process.
     *
     * @param name unique in the pipeline, part of the journal's topic name
     * @param pattern the pattern
     * @param <R> the type of its results
     * @return the results, under the key and with the event time of the event that brought them, or of the window's end where only time did
     * @throws ConfigException when the codec of a stream's values is not known, the streams do not belong together, or the events of one can make no
     *     difference: they are of a class that no step can take
     */
    public <R> KeyedStream<K, R> match(String name, Pattern<R> pattern) {
        Objects.requireNonNull(pattern, "pattern");
        checkTypes(name, pattern.plan().interest());
        var codecs = new ArrayList<Codec<?>>();
        KeyedStream<K, Arrival> arrivals = null;
        for (KeyedStream<K, ?> stream : streams) {
            KeyedStream<K, Arrival> tagged = tagged(stream, codecs.size());
            codecs.add(codecOf(stream, name, codecs.size()));
            arrivals = arrivals == null ? tagged : arrivals.merge(tagged);
        }
        Stage<K, Arrival, Change, ?> matcher = stage(name, pattern, new ValueCodecs(codecs), onTimeout != null);
        if (policy != null) {
            matcher = matcher.onError(policy);
        }
        StageStream<K, Change, ?> stage = arrivals.stage(matcher);
        if (onTimeout != null) {
            onTimeout.accept(stage.out(Matcher.TIMEOUTS));
        }
        if (onLate != null) {
            onLate.accept(stage.out(Matcher.LATE));
        }
        return stage.out(Matcher.MATCHES).map(pattern::resultOf);
    }

    private void checkTypes(String name, Interest interest) {
        List<Optional<Class<?>>> types = streams.stream().map(Cep::typeOf).toList();
        // Beside a stream that is matched, another one may be there to come in between.
        if (interest.strict() && types.stream().anyMatch(interest::canTake)) {
            return;
        }
        for (int i = 0; i < types.size(); i++) {
            if (!interest.canTake(types.get(i))) {
                throw new ConfigException(
                        "Pattern " + name + ": no step can take the events of stream " + (i + 1)
                                + ", which are of type " + types.get(i).get().getName() + ": " + interest.describe()
                                + ". Give Step.of the class of the stream's events, map the stream to it, or leave the stream out");
            }
        }
    }

    private static Optional<Class<?>> typeOf(KeyedStream<?, ?> stream) {
        return stream.valueCodec().flatMap(Codec::valueType);
    }

    static <K> Stage<K, Arrival, Change, ?> stage(
            String name, Pattern<?> pattern, ValueCodecs values, boolean timeouts) {
        return Evaluation.ofStage(pattern.plan(), timeouts) instanceof Evaluation.Constant constant
                ? stageOfKernel(name, pattern, values, constant)
                : stageOfRuns(name, pattern, values);
    }

    static <K> Stage<K, Arrival, Change, PartialMatches> stageOfKernel(
            String name, Pattern<?> pattern, ValueCodecs values, Evaluation.Constant evaluation) {
        Plan plan = pattern.plan();
        Signature signature = Signature.ofKernel(name, plan);
        return Stage.inParts(
                name,
                new KernelMatcher<>(name, plan, evaluation),
                new ChangeCodec(signature, values),
                new PartialsFormat(signature, evaluation.automaton(), values));
    }

    static <K> Stage<K, Arrival, Change, MatchState> stageOfRuns(String name, Pattern<?> pattern, ValueCodecs values) {
        Plan plan = pattern.plan();
        Signature signature = Signature.of(name, plan);
        return Stage.of(
                name,
                new Matcher<>(name, plan),
                new ChangeCodec(signature, values),
                new MatchStateCodec(signature, plan.automaton().size(), values));
    }

    private static <K, V> KeyedStream<K, Arrival> tagged(KeyedStream<K, V> stream, int source) {
        return stream.map(value -> new Arrival(source, value));
    }

    private static <V> Codec<V> codecOf(KeyedStream<?, V> stream, String pattern, int source) {
        return stream.valueCodec()
                .orElseThrow(() -> new ConfigException("Pattern " + pattern + ": the codec of stream " + (source + 1)
                        + "'s values is not known, and events of partial matches are journaled. Name it:"
                        + " Cep.over(stream.withCodec(Codecs.records(Event.class)))"));
    }
}
