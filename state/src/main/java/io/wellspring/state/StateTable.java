package io.wellspring.state;

import io.wellspring.api.StateFormat;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.CodecException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.StateStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;

/**
 * The states of one stage in one task, as objects, between the transaction and the disk.
 *
 * <pre>
 *  put ──> overlay ──commit──> dirty ──freeze──> frozen ──(rows written)──thaw──> clean, bounded
 *             │                  ^                  │                              │
 *           abort                └─────unfreeze─────┘                        RocksDB holds it
 * </pre>
 *
 * A read takes the first of overlay, dirty, frozen, clean and store that knows the key. Only what went through {@link #commit} or
 * {@link #replay} leaves the overlay (invariant I2): nothing uncommitted reaches the store or {@link #committed}. Nothing is encoded
 * before a snapshot, so a hot key is encoded once a snapshot and not once an event. What is forgotten stays as an entry without
 * state until a snapshot has deleted its row, else the old row would shine through.
 *
 * <p>Memory: the clean tier is bounded by its capacity, the overlay by the transaction. The dirty tier grows until the next
 * snapshot; the owner watches {@link #dirty()} and {@link #changedBytes()} and takes one in time, and takes room back with
 * {@link #dropClean}. Bytes are estimates: the number of entries times the size of an average one, learned from samples, because to
 * encode each state would cost more than all else here. See {@link EntrySize}.
 *
 * <p>Hot: a get costs about 0.1 microseconds and get, put and commit together about 1, with 50,000 keys in the dirty tier on two busy
 * cores; a clean miss costs a read of RocksDB, 5 to 20. A get of what is in memory allocates nothing.
 *
 * <p>One thread owns a table. Only the {@link FrozenTable} may be read by another one.
 *
 * @param <K> the type of the keys, with equals and hashCode by value
 * @param <S> the type of the states, values that nobody changes
 */
public final class StateTable<K, S> {
    /** A map that grew beyond this is replaced when it is emptied: clearing costs its capacity, not its size. */
    private static final int LARGE = 8192;

    private static final int REPLAYED_OF_A_SAMPLE = 256;

    /** In the clean tier an entry without state says that the store has no row for the key. */
    private final Entry<S> absent = new Entry<>(0, null);

    private final String stage;
    private final Codec<K> keys;
    private final Rows<S> states;
    private final StateStore store;
    private final Map<K, Entry<S>> clean;
    private final EntrySize size;

    private Map<K, Entry<S>> overlay = new HashMap<>();
    private Map<K, Entry<S>> dirty = new HashMap<>();
    private Map<K, Entry<S>> frozen;

    /** What the overlay held before each put of the record, null for nothing; the two lists run side by side. */
    private final List<K> undoKeys = new ArrayList<>();

    private final List<Entry<S>> undoEntries = new ArrayList<>();

    /** A store without a mark has no rows: a new task reads nothing from disk until its first snapshot. */
    private boolean storeIsEmpty;

    private long replayed;

    /**
     * A table over the rows that a store holds for a stage.
     *
     * @param stage the stage's name, under which its rows are kept
     * @param keys the codec of the keys
     * @param states the codec of the states
     * @param store the task's store, open for as long as the table is used
     * @param cleanCapacity how many states that the store holds too are kept as objects, 0 or more
     * @throws CorruptException when the store's mark cannot be read
     */
    public StateTable(String stage, Codec<K> keys, Codec<S> states, StateStore store, int cleanCapacity) {
        this(stage, keys, Rows.whole(stage, Objects.requireNonNull(states, "states")), store, cleanCapacity);
    }

    /**
     * A table over states that a store holds in parts.
     *
     * @param stage the stage's name, under which roots are kept; their parts are under that name with {@code /parts} behind it
     * @param keys the codec of the keys
     * @param states the format of the states
     * @param store the task's store, open for as long as the table is used
     * @param cleanCapacity how many states that the store holds too are kept as objects, 0 or more
     * @throws CorruptException when the store's mark cannot be read
     */
    public StateTable(String stage, Codec<K> keys, StateFormat<S> states, StateStore store, int cleanCapacity) {
        this(stage, keys, Rows.inParts(stage, Objects.requireNonNull(states, "states")), store, cleanCapacity);
    }

    private StateTable(String stage, Codec<K> keys, Rows<S> states, StateStore store, int cleanCapacity) {
        if (cleanCapacity < 0) {
            throw new IllegalArgumentException("cleanCapacity=" + cleanCapacity + " of the table of stage '" + stage
                    + "' is negative; 0 keeps no clean states");
        }
        this.stage = Objects.requireNonNull(stage, "stage");
        this.keys = Objects.requireNonNull(keys, "keys");
        this.states = states;
        this.store = Objects.requireNonNull(store, "store");
        this.clean = new LeastRecentlyUsed<>(cleanCapacity);
        this.size = new EntrySize();
        this.storeIsEmpty = store.mark().isEmpty();
    }

    /**
     * The name of the stage.
     *
     * @return the name
     */
    public String stage() {
        return stage;
    }

    /**
     * What the open transaction sees: its own changes, then what is committed.
     *
     * @param key the key
     * @return the entry, without a state where the key was forgotten since the last snapshot; null where there is none
     * @throws CorruptException when the stored row cannot be read
     * @throws io.wellspring.api.error.RetryableException when the disk is away
     */
    public Entry<S> get(K key) {
        Entry<S> entry = overlay.get(key);
        return entry != null ? entry : committed(key);
    }

    /**
     * What is committed, whatever the open transaction did.
     *
     * @param key the key
     * @return the entry, without a state where the key was forgotten since the last snapshot; null where there is none
     * @throws CorruptException when the stored row cannot be read
     * @throws io.wellspring.api.error.RetryableException when the disk is away
     */
    public Entry<S> committed(K key) {
        Entry<S> entry = dirty.get(key);
        if (entry == null && frozen != null) {
            entry = frozen.get(key);
        }
        if (entry != null) {
            return entry;
        }
        entry = clean.get(key);
        if (entry == null) {
            if (storeIsEmpty) {
                return null;
            }
            entry = stored(key);
            clean.put(key, entry);
        }
        return entry.state() == null ? null : entry;
    }

    /**
     * Changes a key within the open transaction.
     *
     * @param key the key
     * @param sequence the number of events the key has persisted with this change
     * @param state the new state, or null to forget the key
     */
    public void put(K key, long sequence, S state) {
        Entry<S> before = overlay.put(key, entry(key, sequence, state));
        undoKeys.add(key);
        undoEntries.add(before);
    }

    private Entry<S> entry(K key, long sequence, S state) {
        return new Entry<>(sequence, state, states.remembersLives() && wasForgotten(key));
    }

    /** Clean states are in the store as they are. */
    private boolean wasForgotten(K key) {
        Entry<S> before = overlay.get(key);
        before = before == null ? dirty.get(key) : before;
        before = before == null && frozen != null ? frozen.get(key) : before;
        return before != null && (before.state() == null || before.reborn());
    }

    /**
     * Marks a place within the record being processed.
     *
     * @return the place, for {@link #rollbackTo}; it holds until the record ends
     */
    public int savepoint() {
        return undoKeys.size();
    }

    /**
     * Takes back what was put since a savepoint.
     *
     * @param savepoint what {@link #savepoint} returned since the record began
     * @throws IllegalArgumentException when the savepoint lies ahead: it belongs to a record that has ended
     */
    public void rollbackTo(int savepoint) {
        if (savepoint < 0 || savepoint > undoKeys.size()) {
            throw new IllegalArgumentException("savepoint=" + savepoint + " of stage '" + stage + "' is outside 0.."
                    + undoKeys.size() + "; a savepoint holds until its record ends");
        }
        for (int at = undoKeys.size() - 1; at >= savepoint; at--) {
            K key = undoKeys.remove(at);
            Entry<S> before = undoEntries.remove(at);
            if (before == null) {
                overlay.remove(key);
            } else {
                overlay.put(key, before);
            }
        }
    }

    /** Ends a record: what it put stays in the transaction and can only be taken back with all of it. */
    public void endRecord() {
        undoKeys.clear();
        undoEntries.clear();
    }

    /** The transaction committed: its changes become the committed states. */
    public void commit() {
        if (overlay.isEmpty()) {
            return;
        }
        sample(overlay.entrySet().iterator().next());
        dirty.putAll(overlay);
        emptyOverlay();
    }

    private void sample(Map.Entry<K, Entry<S>> changed) {
        S state = changed.getValue().state();
        if (state == null) {
            return;
        }
        try {
            size.saw(keys.encode(changed.getKey()).length, states.encodedBytes(state));
        } catch (RuntimeException unencodable) {
            return; // it tells nothing here; the snapshot that cannot be written says which key it is
        }
    }

    /** The transaction is gone: its changes are forgotten. */
    public void abort() {
        emptyOverlay();
    }

    private void emptyOverlay() {
        endRecord();
        if (overlay.size() > LARGE) {
            overlay = new HashMap<>();
        } else {
            overlay.clear();
        }
    }

    /**
     * Sets a committed state while the journal is replayed.
     *
     * @param key the key
     * @param sequence the number of events the key has persisted with this change
     * @param state the new state, or null where the key was forgotten
     * @throws IllegalStateException when a transaction has changed something
     */
    public void replay(K key, long sequence, S state) {
        requireNoTransaction("replay into");
        Entry<S> entry = entry(key, sequence, state);
        dirty.put(key, entry);
        if (++replayed % REPLAYED_OF_A_SAMPLE == 0) {
            sample(Map.entry(key, entry));
        }
    }

    /**
     * How many committed keys the next snapshot has to write, without those that are frozen.
     *
     * @return the number of keys
     */
    public int dirty() {
        return dirty.size();
    }

    /**
     * About how much heap the changes take that the store does not hold, those of the open transaction and of a frozen table included.
     *
     * @return bytes, estimated
     */
    public long changedBytes() {
        return size.of((long) overlay.size() + dirty.size() + (frozen == null ? 0 : frozen.size()));
    }

    /**
     * About how much heap a snapshot that is taken now would take aside.
     *
     * @return bytes, estimated
     */
    public long dirtyBytes() {
        return size.of(dirty.size());
    }

    /**
     * About how much heap the states take that the store holds too.
     *
     * @return bytes, estimated
     */
    public long cleanBytes() {
        return size.of(clean.size());
    }

    /**
     * Forgets clean states, those first that were not read for the longest time.
     *
     * @param share how much of them, from 0 to 1
     */
    public void dropClean(double share) {
        int drops = (int) Math.ceil(clean.size() * share);
        Iterator<?> eldest = clean.entrySet().iterator();
        while (drops-- > 0 && eldest.hasNext()) {
            eldest.next();
            eldest.remove();
        }
    }

    /**
     * Takes the changes since the last snapshot aside, to be written by another thread. They stay visible here. End it with
     * {@link #thaw} or {@link #unfreeze}.
     *
     * @return the changes, which may be encoded by another thread
     * @throws IllegalStateException when a transaction has changed something, or when a frozen table exists already
     */
    public FrozenTable freeze() {
        requireNoTransaction("freeze");
        if (frozen != null) {
            throw new IllegalStateException("Stage '" + stage + "' is frozen already; thaw or unfreeze it first");
        }
        frozen = dirty;
        dirty = new HashMap<>();
        return new FrozenEntries<>(stage, keys, states, store, frozen);
    }

    /**
     * The frozen changes are in the store.
     *
     * @throws IllegalStateException when nothing is frozen
     */
    public void thaw() {
        requireFrozen("thaw");
        if (states.remembersLives()) {
            frozen.replaceAll((key, entry) -> entry.reborn() ? new Entry<>(entry.sequence(), entry.state()) : entry);
        }
        clean.putAll(frozen);
        frozen = null;
        storeIsEmpty = false;
    }

    /**
     * The frozen changes could not be written: they go back to those of the next snapshot, below what was committed since. No other
     * thread uses the frozen table any more.
     *
     * @throws IllegalStateException when nothing is frozen
     */
    public void unfreeze() {
        requireFrozen("unfreeze");
        frozen.putAll(dirty);
        dirty = frozen;
        frozen = null;
    }

    /**
     * Visits every committed key that has a state, in no order. For rebuilding what is kept beside the table after a recovery; it
     * reads all rows of the stage.
     *
     * @param visitor called with each key and its entry; it must not change the table
     * @throws CorruptException when a stored row cannot be read
     * @throws io.wellspring.api.error.RetryableException when the disk is away
     */
    public void forEachCommitted(BiConsumer<? super K, ? super Entry<S>> visitor) {
        Map<K, Entry<S>> changed = frozen == null ? dirty : new HashMap<>(frozen);
        if (frozen != null) {
            changed.putAll(dirty);
        }
        changed.forEach((key, entry) -> {
            if (entry.state() != null) {
                visitor.accept(key, entry);
            }
        });
        store.forEach(stage, (keyBytes, row) -> {
            K key = decodedKey(keyBytes);
            if (!changed.containsKey(key)) {
                visitor.accept(key, decoded(key, keyBytes, row));
            }
        });
    }

    private Entry<S> stored(K key) {
        byte[] keyBytes = keys.encode(key);
        byte[] row = store.get(stage, keyBytes);
        if (row == null) {
            return absent;
        }
        Entry<S> entry = decoded(key, keyBytes, row);
        size.saw(keyBytes.length, states.remembersLives() ? states.encodedBytes(entry.state()) : row.length);
        return entry;
    }

    private Entry<S> decoded(K key, byte[] keyBytes, byte[] row) {
        try {
            return states.read(keyBytes, row, store);
        } catch (CodecException | CorruptException e) {
            throw new CorruptException(unreadable("the state of key '" + key + "'", states.contentName(), e), e);
        }
    }

    private K decodedKey(byte[] bytes) {
        try {
            return keys.decode(bytes);
        } catch (CodecException e) {
            throw new CorruptException(unreadable("a key", keys.contentName(), e), e);
        }
    }

    private String unreadable(String what, String contentName, Exception why) {
        return "In the snapshot of stage '" + stage + "' " + what + " cannot be read as " + contentName + " ("
                + why.getMessage()
                + "); use the codec that wrote it, or delete the task's state so that it is replayed from the journal";
    }

    private void requireNoTransaction(String what) {
        if (!overlay.isEmpty()) {
            throw new IllegalStateException("Cannot " + what + " stage '" + stage + "' while a transaction has changed "
                    + overlay.size() + " of its keys; commit or abort first");
        }
    }

    private void requireFrozen(String what) {
        if (frozen == null) {
            throw new IllegalStateException("Cannot " + what + " stage '" + stage + "': it is not frozen");
        }
    }

    /** Drops what was not read for the longest time. */
    private static final class LeastRecentlyUsed<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1L;
        private final int capacity;

        LeastRecentlyUsed(int capacity) {
            super(16, 0.75f, true);
            this.capacity = capacity;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > capacity;
        }
    }
}
