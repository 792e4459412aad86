package io.wellspring.examples.payments;

import io.wellspring.engine.TaskCounts;
import io.wellspring.engine.TaskStatus;
import io.wellspring.engine.TaskStatus.Basis;
import io.wellspring.engine.TaskStatus.Failed;
import io.wellspring.engine.TaskStatus.Recovering;
import io.wellspring.engine.TaskStatus.Running;
import io.wellspring.engine.TaskStatus.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the pipeline's process tells its parent, one message a line on standard output, fields separated by blanks:
 *
 * <pre>
 * recovering TASK BASIS REPLAYED FROM AT END RATE
 * running TASK BASIS REPLAYED RECORDS EVENTS
 * told
 * failure TEXT...
 * balance ACCOUNT CENTS
 * balances-end
 * </pre>
 */
sealed interface PipelineMessage {
    /** How a task is. */
    record Task(TaskStatus status) implements PipelineMessage {}

    /** Every task that the process owns has been told of since the last time this was said; others are not its own any more. */
    record Told() implements PipelineMessage {}

    /** The pipeline cannot go on. */
    record Failure(String text) implements PipelineMessage {}

    /** The answer to a query. */
    record AccountBalance(String account, long cents) implements PipelineMessage {}

    /** All queries are answered. */
    record BalancesEnd() implements PipelineMessage {}

    static String line(TaskStatus status) {
        if (status instanceof Recovering r) {
            return String.format(
                    Locale.ROOT,
                    "recovering %s %s %d %d %d %d %.0f",
                    r.task(),
                    r.basis(),
                    r.replayed(),
                    r.from(),
                    r.at(),
                    r.end(),
                    r.eventsPerSecond());
        }
        if (status instanceof Running r) {
            return String.join(
                    " ",
                    "running",
                    r.task(),
                    r.basis().name(),
                    Long.toString(r.replayed()),
                    Long.toString(r.counts().records()),
                    Long.toString(r.counts().events()));
        }
        if (status instanceof Waiting w) {
            // Its recovery has not begun: what is in the way is in the process's log.
            return String.join(" ", "recovering", w.task(), Basis.BEGINNING.name(), "0 0 0 0 0");
        }
        return failureLine(((Failed) status).error());
    }

    static String toldLine() {
        return "told";
    }

    static String failureLine(Throwable failure) {
        return "failure " + String.valueOf(failure.getMessage()).replace('\n', ' ');
    }

    static String balanceLine(String account, long cents) {
        return "balance " + account + " " + cents;
    }

    static String balancesEndLine() {
        return "balances-end";
    }

    /** Reads a line; what is no message (somebody printed something) is empty. */
    static Optional<PipelineMessage> parse(String line) {
        List<String> words = List.of(line.split(" ", -1));
        try {
            return switch (words.get(0)) {
                case "recovering" -> Optional.of(new Task(recovering(words)));
                case "running" -> Optional.of(new Task(running(words)));
                case "told" -> Optional.of(new Told());
                case "failure" -> Optional.of(new Failure(line.substring("failure ".length())));
                case "balance" -> Optional.of(new AccountBalance(words.get(1), Long.parseLong(words.get(2))));
                case "balances-end" -> Optional.of(new BalancesEnd());
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException noMessage) {
            return Optional.empty();
        }
    }

    private static Recovering recovering(List<String> words) {
        long at = Long.parseLong(words.get(5));
        long end = Long.parseLong(words.get(6));
        double perSecond = Double.parseDouble(words.get(7));
        Duration remaining =
                perSecond <= 0 ? Duration.ZERO : Duration.ofMillis((long) (1_000 * (end - at) / perSecond));
        return new Recovering(
                words.get(1),
                Basis.valueOf(words.get(2)),
                Long.parseLong(words.get(3)),
                Long.parseLong(words.get(4)),
                at,
                end,
                perSecond,
                remaining);
    }

    private static Running running(List<String> words) {
        return new Running(
                words.get(1),
                Basis.valueOf(words.get(2)),
                Long.parseLong(words.get(3)),
                new TaskCounts(Long.parseLong(words.get(4)), Long.parseLong(words.get(5)), 0, 0),
                0,
                Optional.empty());
    }
}
