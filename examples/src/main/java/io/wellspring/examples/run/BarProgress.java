package io.wellspring.examples.run;

import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress as a bar that is drawn again in place. */
final class BarProgress implements Progress {
    private static final int COLUMNS = 100;
    private static final int REDRAW_MILLIS = 100;

    private final ProgressBar bar;

    BarProgress(PrintStream out, String phase, long from, long end, String unit) {
        bar = new ProgressBarBuilder()
                .setTaskName(String.format("%-11s", phase))
                .startsFrom(from, Duration.ZERO)
                .setInitialMax(end)
                .setUnit(" " + unit, 1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(REDRAW_MILLIS)
                .showSpeed()
                .setConsumer(new ConsoleProgressBarConsumer(out, COLUMNS))
                .build();
    }

    @Override
    public void at(long steps) {
        bar.stepTo(steps);
    }

    @Override
    public void outOf(long steps) {
        bar.maxHint(steps);
    }

    @Override
    public void close() {
        bar.close();
    }
}
