package io.wellspring.cep;

/**
 * The partial matches of a key in a stage: a value, which is a root. The key that it was saved of can go on in place as long as this is its newest
 * value; from any other value, as after an abort, another key goes on.
 */
final class PartialMatches {
    static final PartialMatches NONE = new PartialMatches(new KeyRoot(
            new Arena.View(new Segment[0], 0, 0, 0, 0, 0),
            -1,
            -1,
            Long.MIN_VALUE,
            -1,
            0,
            Long.MAX_VALUE,
            0,
            0,
            new UnionList[0]));

    private final KeyRoot root;
    /** Whose key it is; null where it was read. */
    private final Kernel kernel;

    private final KeyPartials key;

    PartialMatches(KeyRoot root) {
        this(root, null, null);
    }

    PartialMatches(KeyRoot root, Kernel kernel, KeyPartials key) {
        this.root = root;
        this.kernel = kernel;
        this.key = key;
    }

    KeyRoot root() {
        return root;
    }

    boolean isEmpty() {
        return root.lists().length == 0;
    }

    /** The key to go on with. */
    KeyPartials open(Kernel by) {
        return by == kernel && key.isAt(root) ? key : by.open(root);
    }

    /** Equal where the same partial matches wait for the same: which nodes stand for them depends on what a kernel has met before. */
    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof PartialMatches that && Fingerprint.of(root).equals(Fingerprint.of(that.root)));
    }

    @Override
    public int hashCode() {
        return Long.hashCode(root.position());
    }

    @Override
    public String toString() {
        return "PartialMatches" + Fingerprint.of(root);
    }
}
