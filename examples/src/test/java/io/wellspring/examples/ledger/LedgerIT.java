package io.wellspring.examples.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class LedgerIT {
    @Test
    void theProgramOfTheReadmeRunsAndItsBalanceIsRight() {
        var printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(printed, true, UTF_8));
        int status;
        try {
            status = new CommandLine(new LedgerCommand()).execute();
        } finally {
            System.setOut(before);
        }

        assertThat(status).isZero();
        assertThat(printed.toString(UTF_8))
                .contains("before: alice has 0 cents")
                .contains("after:  alice has 8250 cents");
    }
}
