package io.wellspring.engine;

import io.wellspring.journal.ReadAhead;
import java.util.Optional;

/**
 * Where a restart goes on with an input.
 *
 * @param offset the first record that is not done
 * @param ahead what is done beyond it; empty where nothing is
 */
record InputPosition(long offset, Optional<ReadAhead> ahead) {}
