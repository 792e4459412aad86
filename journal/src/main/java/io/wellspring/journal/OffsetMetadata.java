package io.wellspring.journal;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.CorruptException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a commit writes beside each input position (invariant I10): by whom it was committed and how far the task's
 * journals reached, so that a recovery sees when a journal has lost its tail, and two engines with one identity can
 * name each other.
 *
 * <p>As text, because brokers and their tools treat offset metadata as text; numbers but the version are in base 36:
 *
 * <pre>
 *   text  = version ";" nonce ";" watermark *( ";" stage "=" end )      stages in the order of their names
 *   1;host7-4242-kx3;lx8m2k;accounts=2s;limits=f00
 * </pre>
 *
 * <p>Where the task processes records in the order of their event time and has read on beyond the position, version 2 says what is done there, each
 * input for itself; numbers besides are those of {@link ReadAhead}:
 *
 * <pre>
 *   text  = "2;" nonce ";" watermark ";" readEnd ":" [ doneAtWatermark ] *( ":" doneBesides ) *( ";" stage "=" end )
 * </pre>
 *
 * <p>The watermark is empty before the first record. A reader refuses a version above its own. Thirty stages with
 * names of 20 characters take about 900 characters; the broker allows 4,096 per partition.
 *
 * @param nonce names the run of the instance that committed; 1 to 64 letters, digits, '.', '_' or '-'
 * @param watermarkMillis the task's watermark; {@link Long#MIN_VALUE} before its first record
 * @param journalEnds by stage, the offset after the last event that the task itself wrote to that stage's journal
 * @param ahead what is done beyond the position; empty where nothing is
 */
public record OffsetMetadata(
        String nonce, long watermarkMillis, Map<String, Long> journalEnds, Optional<ReadAhead> ahead) {
    /** The longest text that {@link #encode()} gives, with room to the broker's default limit. */
    public static final int MAX_CHARS = 4000;

    private static final int VERSION = 1;
    private static final int VERSION_WITH_AHEAD = 2;
    private static final int RADIX = 36;
    /** A separator, an equals sign and the largest long. */
    private static final int MOST_CHARS_BESIDE_STAGE =
            2 + Long.toString(Long.MAX_VALUE, RADIX).length();
    /** The version, a nonce, the watermark and their separators. */
    private static final int MOST_CHARS_OF_HEAD = 2 + 64 + 2 + MOST_CHARS_BESIDE_STAGE;

    private static final int MOST_CHARS_OF_AHEAD = (2 + ReadAhead.MOST_BESIDES) * MOST_CHARS_BESIDE_STAGE;

    private static final Pattern NONCE = Pattern.compile("[a-zA-Z0-9._-]{1,64}");
    private static final Pattern STAGE = Pattern.compile("[a-zA-Z0-9._-]{1,100}");

    /**
     * Checks the values.
     *
     * @param nonce names the run of the instance that committed
     * @param watermarkMillis the task's watermark, or {@link Long#MIN_VALUE}
     * @param journalEnds by stage, the offset after the task's last event
     * @param ahead what is done beyond the position
     * @throws ConfigException when a name has characters that the text cannot hold, or an end is negative
     */
    public OffsetMetadata {
        if (!NONCE.matcher(nonce).matches()) {
            throw new ConfigException(
                    "nonce='" + nonce
                            + "' is not 1 to 64 letters, digits, '.', '_' or '-' [OffsetMetadata]; replace the other characters");
        }
        journalEnds = Map.copyOf(journalEnds);
        journalEnds.forEach((stage, end) -> {
            if (!STAGE.matcher(stage).matches() || end < 0) {
                throw new ConfigException(
                        "the journal end " + stage + "=" + end + " cannot be written [OffsetMetadata]:"
                                + " stages have 1 to 100 letters, digits, '.', '_' or '-', ends are not negative");
            }
        });
    }

    /**
     * Of a position that nothing beyond it was read of.
     *
     * @param nonce names the run of the instance that committed
     * @param watermarkMillis the task's watermark, or {@link Long#MIN_VALUE}
     * @param journalEnds by stage, the offset after the task's last event
     * @throws ConfigException when a name has characters that the text cannot hold, or an end is negative
     */
    public OffsetMetadata(String nonce, long watermarkMillis, Map<String, Long> journalEnds) {
        this(nonce, watermarkMillis, journalEnds, Optional.empty());
    }

    /**
     * The most characters that a commit of these stages can need; to be held against {@link #MAX_CHARS}, and against what the brokers take, before
     * anything starts.
     *
     * @param stages the names of a task's stages
     * @param inOrder whether the task processes records in the order of their event time
     * @return characters
     */
    public static int mostChars(Collection<String> stages, boolean inOrder) {
        return stages.stream()
                .mapToInt(stage -> stage.length() + MOST_CHARS_BESIDE_STAGE)
                .reduce(MOST_CHARS_OF_HEAD + (inOrder ? MOST_CHARS_OF_AHEAD : 0), Math::addExact);
    }

    /**
     * Writes the text. Equal metadata gives equal text.
     *
     * @return at most {@link #MAX_CHARS} characters of ASCII
     * @throws ConfigException when there are too many stages with too long names
     */
    public String encode() {
        StringBuilder text = new StringBuilder(64 + 24 * journalEnds.size());
        text.append(ahead.isPresent() ? VERSION_WITH_AHEAD : VERSION)
                .append(';')
                .append(nonce)
                .append(';');
        if (watermarkMillis != Long.MIN_VALUE) {
            text.append(Long.toString(watermarkMillis, RADIX));
        }
        ahead.ifPresent(read -> write(read, text));
        SortedMap<String, Long> sorted = new TreeMap<>(journalEnds);
        sorted.forEach(
                (stage, end) -> text.append(';').append(stage).append('=').append(Long.toString(end, RADIX)));
        if (text.length() > MAX_CHARS) {
            throw new ConfigException("the offset metadata of a task with " + journalEnds.size() + " stages needs "
                    + text.length() + " characters, at most " + MAX_CHARS
                    + " fit [OffsetMetadata]; shorten the names of the stages or split the pipeline");
        }
        return text.toString();
    }

    private static void write(ReadAhead ahead, StringBuilder text) {
        text.append(';').append(Long.toString(ahead.readEnd(), RADIX)).append(':');
        if (ahead.doneAtWatermark() >= 0) {
            text.append(Long.toString(ahead.doneAtWatermark(), RADIX));
        }
        ahead.doneBesides().forEach(offset -> text.append(':').append(Long.toString(offset, RADIX)));
    }

    private static ReadAhead aheadOf(String text) {
        String[] numbers = text.split(":", -1);
        if (numbers.length < 2) {
            throw new NumberFormatException("'" + text + "' is not how far an input was read");
        }
        List<Long> besides = new ArrayList<>();
        for (int i = 2; i < numbers.length; i++) {
            besides.add(end(numbers[i]));
        }
        return new ReadAhead(end(numbers[0]), numbers[1].isEmpty() ? -1 : end(numbers[1]), besides);
    }

    /**
     * Reads a text.
     *
     * @param text the metadata of a committed offset
     * @return what it says; empty for an empty text, which is what others than Wellspring leave
     * @throws CorruptException when the text is not empty and was not written by {@link #encode()}, or by a newer
     *     version of it
     */
    public static Optional<OffsetMetadata> decode(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String[] parts = text.split(";", -1);
        boolean withAhead = parts[0].equals(Integer.toString(VERSION_WITH_AHEAD));
        if (!withAhead && !parts[0].equals(Integer.toString(VERSION))) {
            throw unreadable(
                    text,
                    parts[0].matches("[0-9]{1,4}")
                            ? "it has version " + parts[0] + ", this program reads versions up to " + VERSION_WITH_AHEAD
                            : "it does not begin with a version",
                    null);
        }
        int head = withAhead ? 4 : 3;
        if (parts.length < head) {
            throw unreadable(text, "it ends after " + parts.length + " of at least " + head + " parts", null);
        }
        try {
            long watermarkMillis = parts[2].isEmpty() ? Long.MIN_VALUE : Long.parseLong(parts[2], RADIX);
            SortedMap<String, Long> ends = new TreeMap<>();
            for (int i = head; i < parts.length; i++) {
                int equals = parts[i].indexOf('=');
                if (equals < 0
                        || ends.put(parts[i].substring(0, equals), end(parts[i].substring(equals + 1))) != null) {
                    throw unreadable(text, "'" + parts[i] + "' is not one stage and its end", null);
                }
            }
            return Optional.of(new OffsetMetadata(
                    parts[1], watermarkMillis, ends, withAhead ? Optional.of(aheadOf(parts[3])) : Optional.empty()));
        } catch (NumberFormatException | ConfigException e) {
            throw unreadable(text, e.getMessage(), e);
        }
    }

    private static Long end(String text) {
        return Long.valueOf(text, RADIX);
    }

    private static CorruptException unreadable(String text, String why, Exception cause) {
        String start = text.length() <= 120 ? text : text.substring(0, 120) + "...";
        return new CorruptException(
                "the metadata of a committed offset, '" + start + "', cannot be read: " + why
                        + "; run the version of the program that wrote it, or, if another application commits to this"
                        + " consumer group, give each a group of its own",
                cause);
    }
}
