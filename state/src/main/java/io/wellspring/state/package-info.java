/**
 * State on disk: the directory of a pipeline with one RocksDB database per task, the table that holds a stage's states between
 * snapshots, and the snapshot itself. RocksDB is hidden here.
 */
package io.wellspring.state;
