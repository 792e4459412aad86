package io.wellspring.journal;

/**
 * What lies in a partition at a moment.
 *
 * @param start its log start: the lowest offset that has not been deleted
 * @param end its high watermark: the offset after the last record that is replicated, be its transaction decided or still open
 */
public record LogRange(long start, long end) {}
