package io.wellspring.benchmarks.patterns;

import io.wellspring.benchmarks.contestant.PatternEngine;
import io.wellspring.benchmarks.contestant.PatternRun;
import io.wellspring.benchmarks.contestant.PatternTask;
import io.wellspring.benchmarks.contestant.PatternTask.Mode;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.cep.configuration.SharedBufferCacheConfig;
import org.apache.flink.cep.nfa.NFA;
import org.apache.flink.cep.nfa.NFAState;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.nfa.compiler.NFACompiler;
import org.apache.flink.cep.nfa.sharedbuffer.SharedBuffer;
import org.apache.flink.cep.nfa.sharedbuffer.SharedBufferAccessor;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.IterativeCondition;
import org.apache.flink.cep.pattern.conditions.SimpleCondition;
import org.apache.flink.configuration.Configuration;

/**
 * FlinkCEP: its automaton over its shared buffer, fed as its operator feeds it, an event at a time in order. Spared are the operator's queue of
 * events that wait for the watermark, its timers, the serialisation of states and the network: what is measured is matching.
 */
final class FlinkPatterns implements PatternEngine<Tick> {
    private final AfterMatchSkipStrategy skip = AfterMatchSkipStrategy.noSkip();
    private final KeyState store = new KeyState();
    private final NFA<Tick> automaton;
    private final NFAState[] states;
    private final SharedBuffer<Tick> buffer;
    private long matches;

    private FlinkPatterns(PatternTask task) {
        automaton = NFACompiler.compileFactory(pattern(task), false).createNFA();
        try {
            automaton.open(noContext(), new Configuration());
        } catch (Exception failure) {
            throw new IllegalStateException("the conditions cannot be opened", failure);
        }
        states = new NFAState[task.keys()];
        for (int key = 0; key < states.length; key++) {
            states[key] = automaton.createInitialNFAState();
        }
        buffer = new SharedBuffer<>(
                store,
                TypeInformation.of(Tick.class).createSerializer(new SerializerConfigImpl()),
                new SharedBufferCacheConfig());
    }

    public static void main(String[] arguments) {
        PatternRun.run(arguments, FlinkPatterns::new);
    }

    /** Conditions are handed one; these do not ask it for anything. */
    private static RuntimeContext noContext() {
        return (RuntimeContext) Proxy.newProxyInstance(
                RuntimeContext.class.getClassLoader(),
                new Class<?>[] {RuntimeContext.class},
                (context, method, arguments) -> {
                    throw new UnsupportedOperationException(method + " of the context of conditions that need none");
                });
    }

    private static Pattern<Tick, ?> pattern(PatternTask task) {
        Pattern<Tick, Tick> pattern =
                Pattern.<Tick>begin("s0", AfterMatchSkipStrategy.noSkip()).where(SimpleCondition.of(ofType(0)));
        for (int step = 1; step < task.steps(); step++) {
            String name = "s" + step;
            pattern = (switch (task.mode()) {
                        case ANY -> pattern.followedByAny(name);
                        case STRICT -> pattern.next(name);
                        case NEXT, KLEENE, ACROSS -> pattern.followedBy(name);
                    })
                    .where(SimpleCondition.of(ofType(step)));
            if (step == 1 && task.mode() == Mode.KLEENE) {
                pattern = pattern.oneOrMore();
            } else if (step == 1 && task.mode() == Mode.ACROSS) {
                pattern = pattern.where(new Larger());
            }
        }
        return pattern.within(Duration.ofMillis(task.windowEvents()));
    }

    private static FilterFunction<Tick> ofType(int type) {
        return tick -> tick.getType() == type;
    }

    /** Than the first event. */
    private static final class Larger extends IterativeCondition<Tick> {
        private static final long serialVersionUID = 1;

        @Override
        public boolean filter(Tick tick, Context<Tick> context) throws Exception {
            return tick.getValue()
                    > context.getEventsForPattern("s0").iterator().next().getValue();
        }
    }

    @Override
    public Tick make(int type, int key, int value) {
        return new Tick(type, key, value);
    }

    @Override
    @SuppressWarnings("try") // closing an accessor may be interrupted, which nobody does
    public void accept(Tick event, int key, long timeMillis) throws Exception {
        store.key(key);
        NFAState state = states[key];
        try (SharedBufferAccessor<Tick> accessor = buffer.getAccessor()) {
            var unused = automaton.advanceTime(accessor, state, timeMillis, skip);
        }
        try (SharedBufferAccessor<Tick> accessor = buffer.getAccessor()) {
            Collection<Map<String, List<Tick>>> found =
                    automaton.process(accessor, state, event, timeMillis, skip, () -> timeMillis);
            matches += found.size();
        }
    }

    @Override
    public long matches() {
        return matches;
    }
}
