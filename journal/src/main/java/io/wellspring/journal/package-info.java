/**
 * The log: clients, topics, the format of journals and their replay. Kafka shows in the signatures here and in the engine's
 * configuration only; user code never meets it.
 */
package io.wellspring.journal;
