package io.wellspring.benchmarks.patterns;

import io.siddhi.core.SiddhiAppRuntime;
import io.siddhi.core.SiddhiManager;
import io.siddhi.core.event.Event;
import io.siddhi.core.stream.input.InputHandler;
import io.siddhi.core.stream.output.StreamCallback;
import io.wellspring.benchmarks.contestant.PatternEngine;
import io.wellspring.benchmarks.contestant.PatternRun;
import io.wellspring.benchmarks.contestant.PatternTask;
import io.wellspring.benchmarks.contestant.PatternTask.Mode;

/**
 * Siddhi: a pattern query, or a sequence query where nothing may come in between; with more than one key a partition. Its {@code within} includes the
 * bound, so it is given 1 ms less.
 */
final class SiddhiPatterns implements PatternEngine<Object[]> {
    private final InputHandler input;
    private long matches;

    private SiddhiPatterns(PatternTask task) {
        SiddhiAppRuntime runtime = new SiddhiManager().createSiddhiAppRuntime(application(task));
        runtime.addCallback("Found", new StreamCallback() {
            @Override
            public void receive(Event[] events) {
                matches += events.length;
            }
        });
        input = runtime.getInputHandler("Tick");
        runtime.start();
    }

    public static void main(String[] arguments) {
        PatternRun.run(arguments, SiddhiPatterns::new);
    }

    static String application(PatternTask task) {
        var query = new StringBuilder("from every a0=Tick[type==0]");
        for (int step = 1; step < task.steps(); step++) {
            query.append(task.mode() == Mode.STRICT ? ", " : " -> ");
            query.append(task.mode() == Mode.ANY ? "every " : "");
            query.append("a" + step + "=Tick[type==" + step);
            query.append(task.mode() == Mode.ACROSS && step == 1 ? " and value>a0.value]" : "]");
        }
        query.append(" within " + (task.windowEvents() - 1) + " milliseconds");
        query.append(" select a0.value as first, a" + (task.steps() - 1) + ".value as last insert into Found;");
        return "define stream Tick (type int, key int, value int); define stream Found (first int, last int); "
                + (task.keys() > 1 ? "partition with (key of Tick) begin " + query + " end;" : query);
    }

    @Override
    public Object[] make(int type, int key, int value) {
        return new Object[] {type, key, value};
    }

    @Override
    public void accept(Object[] event, int key, long timeMillis) throws InterruptedException {
        input.send(timeMillis, event);
    }

    @Override
    public long matches() {
        return matches;
    }
}
