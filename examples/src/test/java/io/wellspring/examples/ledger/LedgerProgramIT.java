package io.wellspring.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.examples.ledger.LedgerProgram.Account;
import io.wellspring.examples.ledger.LedgerProgram.Event;
import io.wellspring.examples.ledger.LedgerProgram.Transfer;
import io.wellspring.testkit.StageTest;
import io.wellspring.testkit.pipeline.Message;
import io.wellspring.testkit.pipeline.PipelineTest;
import org.junit.jupiter.api.Test;

/** How a user tests the README's program: the stage alone, and the whole pipeline. README shows the marked part. */
class LedgerProgramIT {
    // tag::readme[]
    @Test
    void rejectsATransferThatIsNotCovered() {
        StageTest.of(LedgerProgram.LEDGER, "alice")
                .given(new Event.Booked(100))
                .when(new Transfer(-130))
                .thenEvents(new Event.Rejected(-130))
                .thenState(new Account(100));
    }

    @Test
    void keepsAccountsOverARestart() {
        try (PipelineTest bank = PipelineTest.of(LedgerProgram.BANK)) {
            bank.pipe(LedgerProgram.INPUT, "alice", new Transfer(100));
            bank.restart();
            bank.pipe(LedgerProgram.INPUT, "alice", new Transfer(-130));
            assertThat(bank.read(LedgerProgram.AUDIT))
                    .containsExactly(
                            new Message<>("alice", new Event.Booked(100)),
                            new Message<>("alice", new Event.Rejected(-130)));
        }
    }
    // end::readme[]
}
