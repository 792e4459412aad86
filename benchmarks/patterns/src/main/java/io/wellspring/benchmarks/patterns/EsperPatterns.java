package io.wellspring.benchmarks.patterns;

import com.espertech.esper.common.client.EventSender;
import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.compiler.client.CompilerArguments;
import com.espertech.esper.compiler.client.EPCompileException;
import com.espertech.esper.compiler.client.EPCompilerProvider;
import com.espertech.esper.runtime.client.EPDeployException;
import com.espertech.esper.runtime.client.EPEventService;
import com.espertech.esper.runtime.client.EPRuntime;
import com.espertech.esper.runtime.client.EPRuntimeProvider;
import com.espertech.esper.runtime.client.EPStatement;
import io.wellspring.benchmarks.contestant.PatternEngine;
import io.wellspring.benchmarks.contestant.PatternRun;
import io.wellspring.benchmarks.contestant.PatternTask;
import io.wellspring.benchmarks.contestant.PatternTask.Mode;

/**
 * Esper: an EPL pattern whose every step is a filter, so that its filter index finds the waiting steps by type and, with more than one key, by key;
 * that is faster here than a context for each key. {@code every} before each step is skip till any; no other event between two steps is
 * {@code and not}. The window is a guard that begins with the first event; time is external, and passes with each event.
 */
final class EsperPatterns implements PatternEngine<Tick> {
    private static int engines;

    private final EPEventService service;
    private final EventSender sender;
    private long matches;

    private EsperPatterns(PatternTask task) {
        Configuration configuration = new Configuration();
        configuration.getCommon().addEventType("Tick", Tick.class);
        configuration.getRuntime().getThreading().setInternalTimerEnabled(false);
        EPRuntime runtime = EPRuntimeProvider.getRuntime("engine-" + engines++, configuration);
        runtime.getEventService().advanceTime(0);
        try {
            var compiled =
                    EPCompilerProvider.getCompiler().compile(pattern(task), new CompilerArguments(configuration));
            EPStatement statement =
                    runtime.getDeploymentService().deploy(compiled).getStatements()[0];
            statement.addListener((found, old, source, origin) -> matches += found.length);
        } catch (EPCompileException | EPDeployException failure) {
            throw new IllegalStateException("Esper does not take " + pattern(task), failure);
        }
        service = runtime.getEventService();
        sender = service.getEventSender("Tick");
    }

    public static void main(String[] arguments) {
        PatternRun.run(arguments, EsperPatterns::new);
    }

    static String pattern(PatternTask task) {
        var rest = new StringBuilder();
        for (int step = 1; step < task.steps(); step++) {
            rest.append(step == 1 ? "" : " -> ").append(step(task, step));
        }
        return "select * from pattern [every a0=Tick(type=0) -> (" + rest + ") where timer:within("
                + task.windowEvents() + " msec)]";
    }

    private static String step(PatternTask task, int step) {
        String ofKey = task.keys() > 1 ? ", key=a0.key" : "";
        String larger = task.mode() == Mode.ACROSS && step == 1 ? ", value>a0.value" : "";
        String filter = "a" + step + "=Tick(type=" + step + ofKey + larger + ")";
        return switch (task.mode()) {
            case ANY -> "every " + filter;
            case STRICT -> "(" + filter + " and not Tick(type!=" + step + ofKey + "))";
            case NEXT, ACROSS -> filter;
            case KLEENE -> throw new IllegalArgumentException("EPL's until gives the longest loop only");
        };
    }

    @Override
    public Tick make(int type, int key, int value) {
        return new Tick(type, key, value);
    }

    @Override
    public void accept(Tick event, int key, long timeMillis) {
        service.advanceTime(timeMillis);
        sender.sendEvent(event);
    }

    @Override
    public long matches() {
        return matches;
    }
}
