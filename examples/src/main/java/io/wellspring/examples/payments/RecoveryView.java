package io.wellspring.examples.payments;

import io.wellspring.engine.TaskStatus;
import io.wellspring.engine.TaskStatus.Recovering;
import io.wellspring.engine.TaskStatus.Running;
import io.wellspring.examples.run.Progress;
import io.wellspring.examples.run.Terminal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** Shows the recovery of all tasks as one: from where to where the journals are replayed, how far that is, and how fast. */
final class RecoveryView {
    private final Terminal terminal;
    private final String phase;
    private final Map<String, Recovering> lastSeen = new HashMap<>();
    private Progress progress;

    RecoveryView(Terminal terminal, String phase) {
        this.terminal = terminal;
        this.phase = phase;
    }

    /** Takes in how the tasks are; those that run again count as recovered. */
    void show(Iterable<TaskStatus> tasks) {
        for (TaskStatus task : tasks) {
            if (task instanceof Recovering recovering) {
                lastSeen.put(task.task(), recovering);
            } else {
                lastSeen.computeIfPresent(task.task(), (name, seen) -> arrived(seen));
            }
        }
        long from = lastSeen.values().stream().mapToLong(Recovering::from).sum();
        long at = lastSeen.values().stream().mapToLong(Recovering::at).sum();
        long end = lastSeen.values().stream().mapToLong(Recovering::end).sum();
        if (end > from) {
            if (progress == null) {
                progress = terminal.progress(phase, 0, end - from, "offsets");
            }
            progress.outOf(end - from);
            progress.at(at - from);
        }
    }

    /** Ends the view with what the recovery was, all tasks running. */
    void done(Iterable<TaskStatus> tasks, Duration took) {
        show(tasks);
        if (progress != null) {
            progress.close();
        }
        int running = 0;
        long replayed = 0;
        var bases = new TreeSet<String>();
        for (TaskStatus task : tasks) {
            Running recovered = (Running) task;
            running++;
            replayed += recovered.replayed();
            bases.add(recovered.basis().name().toLowerCase(Locale.ROOT));
        }
        terminal.say(
                phase,
                "%d tasks run again %.1f s after the kill (start of the JVM included): basis %s, %,d journal events replayed%s",
                running,
                took.toMillis() / 1e3,
                String.join(" and ", bases),
                replayed,
                range());
    }

    private String range() {
        if (lastSeen.isEmpty()) {
            return "";
        }
        long from = lastSeen.values().stream().mapToLong(Recovering::from).sum();
        long end = lastSeen.values().stream().mapToLong(Recovering::end).sum();
        double perSecond = lastSeen.values().stream()
                .mapToDouble(Recovering::eventsPerSecond)
                .sum();
        return String.format(Locale.ENGLISH, ", from offset %,d to %,d, %,.0f/s", from, end, perSecond);
    }

    private static Recovering arrived(Recovering seen) {
        return new Recovering(
                seen.task(),
                seen.basis(),
                seen.replayed(),
                seen.from(),
                seen.end(),
                seen.end(),
                seen.eventsPerSecond(),
                Duration.ZERO);
    }
}
