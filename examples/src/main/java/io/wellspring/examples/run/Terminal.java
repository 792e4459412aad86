package io.wellspring.examples.run;

import java.io.PrintStream;
import java.util.Locale;

/**
 * Where a program tells what it does: bars on a terminal, a few plain lines elsewhere (a file, a pipe, a build's log).
 *
 * <p>Used by one thread.
 */
public final class Terminal {
    private final PrintStream out;
    private final boolean interactive;

    private Terminal(PrintStream out, boolean interactive) {
        this.out = out;
        this.interactive = interactive;
    }

    /**
     * Standard output, with bars where a person looks at it.
     *
     * @return the terminal
     */
    @SuppressWarnings("SystemConsoleNull") // null is the question, for the plain console asked for here
    public static Terminal standard() {
        // From JDK 22 to 24 a console exists even where output is redirected, unless this asks for the plain one.
        if (System.getProperty("jdk.console") == null) {
            System.setProperty("jdk.console", "java.base");
        }
        return new Terminal(System.out, System.console() != null);
    }

    /**
     * Plain lines to a stream.
     *
     * @param out the stream
     * @return the terminal
     */
    public static Terminal plain(PrintStream out) {
        return new Terminal(out, false);
    }

    /**
     * Prints a line.
     *
     * @param text the line
     */
    public void line(String text) {
        out.println(text);
        out.flush();
    }

    /**
     * Prints what happened in a phase, with the phase's name in a column of its own.
     *
     * @param phase a short name
     * @param format as {@link String#format}, in English
     * @param values for the format
     */
    public void say(String phase, String format, Object... values) {
        line(String.format(Locale.ENGLISH, "%-11s ", phase) + String.format(Locale.ENGLISH, format, values));
    }

    /**
     * Opens a phase.
     *
     * @param phase a short name
     * @param from where it begins; zero, or what an earlier run has done already
     * @param end where it is complete
     * @param unit what a step is, in the plural
     * @return its progress, to be closed before anything else is printed
     */
    public Progress progress(String phase, long from, long end, String unit) {
        return interactive
                ? new BarProgress(out, phase, from, end, unit)
                : new LineProgress(this, phase, from, end, unit);
    }
}
