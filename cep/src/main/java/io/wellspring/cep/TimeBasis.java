package io.wellspring.cep;

/** Which time windows are measured in, and with it in which order events are matched. */
enum TimeBasis {
    /** Event time; an event earlier than one that was matched before is late. */
    EVENT_TIME,
    /** Event time, but in the order of arrival: no event is late. */
    EVENT_TIME_AS_THEY_ARRIVE,
    /** The time on the clock when an event is matched: no event is late. */
    PROCESSING_TIME
}
