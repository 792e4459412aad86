package io.wellspring.cep;

/** The matching of all keys by one evaluator; see {@link Matching}. */
interface KeyedMatching<K> {
    boolean event(K key, Object value, long timeMillis);

    void advanceTo(long timeMillis);

    int keyCount();
}
