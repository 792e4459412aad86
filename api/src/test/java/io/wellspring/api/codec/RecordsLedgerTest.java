package io.wellspring.api.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The example of the API page, byte for byte. */
class RecordsLedgerTest {
    private sealed interface Event {
        @Tag(1)
        record Deposited(@Tag(1) long cents) implements Event {}

        @Tag(2)
        record Withdrawn(@Tag(1) long cents) implements Event {}

        @Tag(3)
        record Rejected(@Tag(1) long cents, @Tag(2) String why) implements Event {}

        @Tag(4)
        record Closed() implements Event {}
    }

    private record Account(@Tag(1) long cents, @Tag(2) int rejected) {}

    private final RecordsCodec<Event> events = Codecs.records(Event.class);

    @Test
    void writesAnEventAsTheOnlyFieldOfAMessage() {
        assertThat(hex(events.encode(new Event.Deposited(5)))).isEqualTo("0a02080a");
        assertThat(hex(events.encode(new Event.Rejected(-1, "no")))).isEqualTo("1a06080112026e6f");
        assertThat(hex(events.encode(new Event.Closed()))).isEqualTo("2200");
    }

    @Test
    void readsWhatItWrote() {
        for (Event event : new Event[] {
            new Event.Deposited(Long.MAX_VALUE),
            new Event.Withdrawn(0),
            new Event.Rejected(Long.MIN_VALUE, "zu wenig Geld: 5 \u20ac"),
            new Event.Closed()
        }) {
            assertThat(events.decode(events.encode(event))).isEqualTo(event);
        }
    }

    @Test
    void writesZeroesToo() {
        RecordsCodec<Account> accounts = Codecs.records(Account.class);

        assertThat(hex(accounts.encode(new Account(0, 0)))).isEqualTo("08001000");
        assertThat(accounts.decode(accounts.encode(new Account(7, -3)))).isEqualTo(new Account(7, -3));
    }

    @Test
    void printsTheSchema() {
        assertThat(events.protoSchema()).isEqualTo("""
                        // The bytes of io.wellspring.api.codec.RecordsLedgerTest$Event, message Event. Printed by Wellspring.
                        syntax = "proto3";
                        package io.wellspring.api.codec;

                        message Event { // sealed io.wellspring.api.codec.RecordsLedgerTest$Event
                          oneof kind {
                            Deposited deposited = 1;
                            Withdrawn withdrawn = 2;
                            Rejected rejected = 3;
                            Closed closed = 4;
                          }
                        }

                        message Deposited { // io.wellspring.api.codec.RecordsLedgerTest$Event$Deposited
                          optional sint64 cents = 1;
                        }

                        message Withdrawn { // io.wellspring.api.codec.RecordsLedgerTest$Event$Withdrawn
                          optional sint64 cents = 1;
                        }

                        message Rejected { // io.wellspring.api.codec.RecordsLedgerTest$Event$Rejected
                          optional sint64 cents = 1;
                          optional string why = 2;
                        }

                        message Closed { // io.wellspring.api.codec.RecordsLedgerTest$Event$Closed
                        }
                        """);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
