package io.wellspring.engine;

/**
 * A record or timer failed whose key would have to be parked, and as many are parked as a task may hold. It is the next one still; the task rests before
 * it, and goes on once orders have made room.
 */
final class NoRoomToPark extends TaskStopped {
    private static final long serialVersionUID = 1L;

    NoRoomToPark(String message, Throwable cause) {
        super(message, cause);
    }
}
