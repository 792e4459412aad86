package io.wellspring.cep;

/**
 * An event that took part in the matching of a key.
 *
 * @param position its place among the events that changed the key's matching; later events have larger ones
 * @param timeMillis event time
 * @param source which stream it came from, in order of declaration
 * @param value the event
 */
record Occurrence(long position, long timeMillis, int source, Object value) {}
