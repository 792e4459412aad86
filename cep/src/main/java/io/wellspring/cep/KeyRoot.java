package io.wellspring.cep;

/**
 * All there is to a key at a moment: a view of its nodes, and what is small whatever the window holds. A value: nobody changes its lists.
 *
 * @param newestStartMillis when the run that began last began; of no meaning before the first
 * @param cursorNumber the segment up to which starts have been looked at for having left the window
 */
record KeyRoot(
        Arena.View arena,
        long floor,
        long position,
        long timeMillis,
        long newestStart,
        long newestStartMillis,
        long expiryMillis,
        long cursorNumber,
        int cursorOffset,
        UnionList[] lists) {}
