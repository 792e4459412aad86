package io.wellspring.api.codec;

/** A type that a schema must define. */
interface Definition {
    /** The name it would like to have; another one gets a number behind it when it is taken. */
    String shortName(SchemaNames names);

    void print(SchemaPrinter.Block block, SchemaNames names);
}
