package io.wellspring.api.codec;

import io.wellspring.api.error.CodecException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * What is wrong with a value or with bytes, on its way up to the root. Each level that it passes adds where it was, so that
 * the path costs nothing as long as nothing is wrong.
 */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN_CHARACTERS = 80;
    private static final int SHOWN_AT_EACH_END = 6;

    private final transient Deque<String> path = new ArrayDeque<>();

    Refusal(String problem) {
        this(problem, null);
    }

    Refusal(String problem, Throwable cause) {
        super(problem, cause, false, false);
    }

    static Refusal tooDeep() {
        return new Refusal("is nested deeper than " + Source.MAX_DEPTH
                + " messages; keep deep structures flat, with references by id");
    }

    static Refusal broken(Exception cause) {
        return new Refusal(
                "cannot be read (" + cause.getMessage() + "); the bytes are cut, damaged or of another type", cause);
    }

    /** A value for a message, shortened if it is long. */
    static String shown(Object value) {
        String text = String.valueOf(value);
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "...";
    }

    /** Notes an enclosing place: {@code .name}, {@code [3]} or {@code (Variant)}. */
    Refusal at(String segment) {
        path.addFirst(segment);
        return this;
    }

    CodecException under(String rootName) {
        return new CodecException(rootName + where() + ' ' + getMessage(), getCause());
    }

    private String where() {
        StringBuilder text = new StringBuilder();
        int left = path.size();
        for (Iterator<String> segments = path.iterator(); segments.hasNext(); left--) {
            String segment = segments.next();
            int index = path.size() - left;
            if (index < SHOWN_AT_EACH_END || left <= SHOWN_AT_EACH_END) {
                text.append(segment);
            } else if (index == SHOWN_AT_EACH_END) {
                text.append(" ... ");
            }
        }
        return text.toString();
    }
}
