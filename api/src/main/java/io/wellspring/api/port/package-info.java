/**
 * What the engine, the testkit and the adapters share and users do not need: the graph of a pipeline, and the ports that state
 * stores and journals implement.
 */
package io.wellspring.api.port;
