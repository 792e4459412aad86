package io.wellspring.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Events a second over the window, a panel for each pattern and a line for each contestant, both axes logarithmic, as SVG; see {@link BarPlot} for why
 * no library. A line that ends early has no figure for the windows behind.
 */
final class PatternPlot {
    private static final int COLUMNS = 3;
    private static final int PANEL_WIDTH = 300;
    private static final int PANEL_HEIGHT = 200;
    private static final int TOP = 56;
    private static final int LEFT = 44;
    private static final int BOTTOM = 30;
    private static final int HEAD = 24;
    private static final int LEAST_DECADE = 1;
    private static final int MOST_DECADE = 8;

    private PatternPlot() {}

    static String svg(PatternTable table) {
        List<PatternLine> lines = table.lines();
        int width = COLUMNS * PANEL_WIDTH + 20;
        int height = TOP + (lines.size() + COLUMNS - 1) / COLUMNS * PANEL_HEIGHT;
        var svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"11\">%n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>%n",
                width,
                height,
                width,
                height,
                width,
                height));
        text(svg, 12, 20, "start", "Events a second of CPU time over the window in events, median of the runs");
        double x = 12;
        for (PatternContestant contestant : PatternContestant.values()) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<path d=\"M%.1f 36h18\" stroke=\"%s\" stroke-width=\"2\"/>%n",
                    x,
                    contestant.colour()));
            text(svg, x + 23, 40, "start", contestant.title());
            x += 110;
        }
        for (int panel = 0; panel < lines.size(); panel++) {
            double left = panel % COLUMNS * (double) PANEL_WIDTH + LEFT;
            double top = TOP + (double) (panel / COLUMNS * PANEL_HEIGHT);
            append(svg, table, lines.get(panel), left, top);
        }
        return svg.append("</svg>").append(System.lineSeparator()).toString();
    }

    private static void append(StringBuilder svg, PatternTable table, PatternLine line, double left, double top) {
        text(svg, left, top + 14, "start", line.title());
        double right = left + PANEL_WIDTH - LEFT - 14;
        for (int decade = LEAST_DECADE; decade <= MOST_DECADE; decade++) {
            double y = y(top, Math.pow(10, decade));
            svg.append(
                    String.format(Locale.ROOT, "<path d=\"M%.1f %.1fH%.1f\" stroke=\"#dddddd\"/>%n", left, y, right));
            if (decade % 2 == 0) {
                text(
                        svg,
                        left - 4,
                        y + 4,
                        "end",
                        PatternTable.shown(Math.pow(10, decade))
                                .replace(".00 M", " M")
                                .replace(".0 M", " M"));
            }
        }
        for (int window : PatternLine.WINDOWS) {
            text(
                    svg,
                    x(left, window),
                    top + PANEL_HEIGHT - BOTTOM + 14,
                    "middle",
                    String.format(Locale.ROOT, "%,d", window));
        }
        for (PatternContestant contestant : PatternContestant.values()) {
            List<String> points = new ArrayList<>();
            for (int window : PatternLine.WINDOWS) {
                Spread spread = table.rate(line, window, contestant);
                if (spread.isKnown()) {
                    points.add(String.format(Locale.ROOT, "%.1f,%.1f", x(left, window), y(top, spread.median())));
                }
            }
            String colour = contestant.colour();
            svg.append(String.format(
                    "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
                    String.join(" ", points), colour));
            svg.append(points.stream()
                    .map(point -> point.split(",", 2))
                    .map(point -> String.format(
                            "<circle cx=\"%s\" cy=\"%s\" r=\"3\" fill=\"%s\"/>%n", point[0], point[1], colour))
                    .collect(Collectors.joining()));
        }
    }

    private static double x(double left, int window) {
        double step = (PANEL_WIDTH - LEFT - 60.0) / (PatternLine.WINDOWS.size() - 1);
        return left + 16 + (Math.log10(window) - 2) * step;
    }

    private static double y(double top, double rate) {
        double share = (Math.log10(Math.max(1, rate)) - LEAST_DECADE) / (MOST_DECADE - LEAST_DECADE);
        double bottom = top + PANEL_HEIGHT - BOTTOM;
        return bottom - Math.max(0, share) * (PANEL_HEIGHT - BOTTOM - HEAD);
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, text));
    }
}
