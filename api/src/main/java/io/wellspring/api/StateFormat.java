package io.wellspring.api;

import java.util.function.LongFunction;

/**
 * How a state is stored that is too large to be written as a whole for each change: as a small root and numbered parts. A part never changes:
 * while it is needed its number stands for the same content, so a snapshot writes the root, the parts that are new since the last snapshot,
 * and deletes those that are needed no more. Its cost follows what changed and not what the state holds.
 *
 * <pre>
 *   numbers   ...  17  18 | 19  20  21  22 | 23 ...
 *              deleted    | needed         | not used yet
 *                           ^ firstPart      ^ endPart
 * </pre>
 *
 * <p>The state is a value as any other (see {@link EventSourced}): what is written for it is the same whenever it is asked for, also when
 * newer states share its parts. Numbers begin anywhere and rise; they may begin anew when {@code evolve} has forgotten the key.
 *
 * <p>Used by several threads at once: snapshots are written beside the thread that evolves newer states.
 *
 * @param <S> the type of the states
 */
public interface StateFormat<S> {
    /**
     * Names the content, as {@link io.wellspring.api.codec.Codec#contentName} does.
     *
     * @return a short stable name, such as {@code pattern} or {@code window:com.acme.Reading}
     */
    String contentName();

    /**
     * Writes all of a state that is in no part: small, since it is written whenever the state has changed.
     *
     * @param state the state
     * @return its bytes, a new array that the caller may keep
     * @throws io.wellspring.api.error.CodecException when the state has no encoding
     */
    byte[] saveRoot(S state);

    /**
     * The oldest part that is needed.
     *
     * @param state the state
     * @return its number, 0 or more; {@link #endPart} where there are no parts
     */
    long firstPart(S state);

    /**
     * Where the parts end.
     *
     * @param state the state
     * @return one above the number of the newest part; all numbers from {@link #firstPart} up to it are in use
     */
    long endPart(S state);

    /**
     * Writes a part.
     *
     * @param state the state
     * @param number the part's number, from {@link #firstPart} up to but without {@link #endPart}
     * @return its bytes, a new array that the caller may keep
     * @throws io.wellspring.api.error.CodecException when something in it has no encoding
     */
    byte[] savePart(S state, long number);

    /**
     * Reads a state. It is also where a signature is checked that the root keeps: of the program that could make sense of the state.
     *
     * @param root what {@link #saveRoot} wrote; not kept
     * @param parts gives each part that was needed when the root was written; throws for all others
     * @return the state, never null
     * @throws io.wellspring.api.error.CodecException when the bytes are no state
     * @throws io.wellspring.api.error.CorruptException when they were written for something else
     */
    S load(byte[] root, LongFunction<byte[]> parts);

    /**
     * About how much heap the state takes, for the budget of all states in memory. Asked now and then.
     *
     * @param state the state
     * @return bytes, estimated
     */
    long weightBytes(S state);
}
