package io.wellspring.cep;

import io.wellspring.api.codec.Codec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** A small event for tests: a letter and a number. */
record Note(char letter, int number) {
    static Note note(String text) {
        return new Note(text.charAt(0), Integer.parseInt(text.substring(1)));
    }

    static Instant at(long millis) {
        return Instant.ofEpochMilli(millis);
    }

    static Step<Note> step(String name, char letter) {
        return Step.of(name, Note.class).where(note -> note.letter() == letter);
    }

    /** Gives one event a millisecond: {@code "a1 b2 b3"}. */
    static <R> PatternTest<R> play(Pattern<R> pattern, String notes) {
        PatternTest<R> test = PatternTest.of(pattern);
        long now = 0;
        for (String text : List.of(notes.split(" "))) {
            test.event(note(text), at(++now));
        }
        return test;
    }

    static Codec<Note> codec() {
        return new Codec<>() {
            @Override
            public String contentName() {
                return "note";
            }

            @Override
            public byte[] encode(Note note) {
                return note.toString().getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public Note decode(byte[] bytes) {
                return note(new String(bytes, StandardCharsets.UTF_8));
            }
        };
    }

    @Override
    public String toString() {
        return letter + "" + number;
    }
}
