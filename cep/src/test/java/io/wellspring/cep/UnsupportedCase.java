package io.wellspring.cep;

/** A recorded case asks for something that patterns cannot express yet. */
final class UnsupportedCase extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedCase(String what) {
        super(what);
    }
}
