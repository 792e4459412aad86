package io.wellspring.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * A horizontal bar for each contestant, with a whisker from the least to the most of its runs, as SVG. Written by hand:
 * the plotting libraries bring AWT, which wants fonts that a server may not have.
 */
final class BarPlot {
    private static final int WIDTH = 760;
    private static final int LABEL_WIDTH = 220;
    private static final int VALUE_WIDTH = 90;
    private static final int TOP = 44;
    private static final int ROW = 30;
    private static final int BAR = 18;
    private static final int BAR_SPACE = WIDTH - LABEL_WIDTH - VALUE_WIDTH;

    private BarPlot() {}

    /**
     * One bar.
     *
     * @param label its name
     * @param spread its length and whisker
     * @param shown the median in words
     */
    record Bar(String label, Spread spread, String shown) {}

    static String svg(String title, List<Bar> bars) {
        int height = TOP + bars.size() * ROW + 12;
        double most = bars.stream()
                .map(Bar::spread)
                .filter(Spread::isKnown)
                .mapToDouble(Spread::most)
                .max()
                .orElse(1);
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"13\">%n",
                WIDTH,
                height,
                WIDTH,
                height));
        // A background of its own, so that it can be read on a dark page too.
        svg.append(String.format(Locale.ROOT, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>%n", WIDTH, height));
        svg.append(
                String.format(Locale.ROOT, "<text x=\"12\" y=\"24\" font-weight=\"bold\">%s</text>%n", escaped(title)));
        for (int row = 0; row < bars.size(); row++) {
            append(svg, bars.get(row), TOP + row * ROW, BAR_SPACE / most);
        }
        return svg.append("</svg>").append(System.lineSeparator()).toString();
    }

    private static void append(StringBuilder svg, Bar bar, int y, double pixelsPerUnit) {
        int textY = y + BAR - 4;
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n",
                LABEL_WIDTH - 10,
                textY,
                escaped(bar.label())));
        double end = LABEL_WIDTH;
        if (bar.spread().isKnown()) {
            double length = bar.spread().median() * pixelsPerUnit;
            double least = LABEL_WIDTH + bar.spread().least() * pixelsPerUnit;
            double most = LABEL_WIDTH + bar.spread().most() * pixelsPerUnit;
            double middle = y + BAR / 2.0;
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#4878a8\"/>%n",
                    LABEL_WIDTH,
                    y,
                    length,
                    BAR));
            svg.append(String.format(
                    Locale.ROOT,
                    "<path d=\"M%.1f %.1fH%.1fM%.1f %.1fv8M%.1f %.1fv8\" stroke=\"#202020\" fill=\"none\"/>%n",
                    least,
                    middle,
                    most,
                    least,
                    middle - 4,
                    most,
                    middle - 4));
            end = Math.max(LABEL_WIDTH + length, most);
        }
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%d\">%s</text>%n", end + 8, textY, escaped(bar.shown())));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
