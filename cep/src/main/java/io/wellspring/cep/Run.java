package io.wellspring.cep;

/** A partial match and what it waits for. Equal if it waits for the same with the same events. */
record Run(int state, Partial taken) {}
