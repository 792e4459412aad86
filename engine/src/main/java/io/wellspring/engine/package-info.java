/**
 * Runs pipelines: {@link io.wellspring.engine.Engine} takes a {@link io.wellspring.api.Pipeline} and an
 * {@link io.wellspring.engine.EngineConfig}, and says how its tasks are with {@link io.wellspring.engine.TaskStatus}.
 */
package io.wellspring.engine;
