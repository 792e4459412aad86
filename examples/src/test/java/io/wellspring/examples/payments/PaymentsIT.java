package io.wellspring.examples.payments;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The main job, small: a broker, a pipeline process that is killed, and the comparison that decides the exit status. */
class PaymentsIT {
    @Test
    void everyResultIsThereExactlyOnceAfterTwoKills() {
        int status = new CommandLine(new PaymentsCommand())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    throw failure;
                })
                .execute("--records", "20000", "--accounts", "300", "--kills", "2");

        assertThat(status).isZero();
    }
}
