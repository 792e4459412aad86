package io.wellspring.cep;

/**
 * All there is to a key beside its nodes: small, whatever the window holds. Its lists are copies that nobody changes.
 *
 * @param era counts releases: roots of an earlier era are void
 * @param end how far the arena was filled
 */
record KeyRoot(
        long era,
        Arena.Mark end,
        long floor,
        long position,
        long timeMillis,
        long newestStart,
        long expiryMillis,
        long cursorNumber,
        int cursorOffset,
        UnionList[] lists) {}
