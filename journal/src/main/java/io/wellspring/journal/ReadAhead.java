package io.wellspring.journal;

import io.wellspring.api.error.ConfigException;
import java.util.List;

/**
 * How far an input was read and processed beyond its committed position, where records are processed in the order of their event time. Of the
 * records from that position up to the end of what was read, those before the watermark are done, of those at the watermark the ones up to
 * an offset, and a few besides; the others were waiting.
 *
 * @param readEnd the offset after the last record read; what lies there or later has not been looked at
 * @param doneAtWatermark records whose event time is the watermark are done up to this offset, itself included; -1 where none is
 * @param doneBesides offsets of records that are done although their event time is unknown or not to be believed; at most {@link #MOST_BESIDES}, in
 *     their order
 */
public record ReadAhead(long readEnd, long doneAtWatermark, List<Long> doneBesides) {
    /** So many exceptions fit the metadata of an offset. */
    public static final int MOST_BESIDES = 48;

    /**
     * Checks the values.
     *
     * @param readEnd the offset after the last record read
     * @param doneAtWatermark up to which offset records at the watermark are done, or -1
     * @param doneBesides offsets of other records that are done
     * @throws ConfigException when a value is out of its range
     */
    public ReadAhead {
        doneBesides = List.copyOf(doneBesides);
        boolean known = doneBesides.stream().allMatch(offset -> offset >= 0 && offset < readEnd);
        if (readEnd < 0 || doneAtWatermark < -1 || doneBesides.size() > MOST_BESIDES || !known) {
            throw new ConfigException("read up to " + readEnd + ", done at the watermark up to " + doneAtWatermark
                    + ", done besides " + doneBesides
                    + " cannot be written [ReadAhead]: offsets are not negative, what is done was read, and at most "
                    + MOST_BESIDES + " are besides");
        }
    }
}
