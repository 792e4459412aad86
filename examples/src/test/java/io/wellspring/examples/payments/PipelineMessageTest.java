package io.wellspring.examples.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.engine.TaskCounts;
import io.wellspring.engine.TaskStatus;
import io.wellspring.engine.TaskStatus.Basis;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PipelineMessageTest {
    @Test
    void theStatusOfATaskArrivesAsItWasSent() {
        TaskStatus recovering =
                new TaskStatus.Recovering("0-3", Basis.SNAPSHOT, 5, 10, 15, 40, 50, Duration.ofMillis(500));
        TaskStatus running =
                new TaskStatus.Running("0-1", Basis.BEGINNING, 7, new TaskCounts(100, 90, 0, 0), 0, Optional.empty());

        assertThat(PipelineMessage.parse(PipelineMessage.line(recovering)))
                .contains(new PipelineMessage.Task(recovering));
        assertThat(PipelineMessage.parse(PipelineMessage.line(running))).contains(new PipelineMessage.Task(running));
    }

    @Test
    void theEndOfARoundArrives() {
        assertThat(PipelineMessage.parse(PipelineMessage.toldLine())).contains(new PipelineMessage.Told());
    }

    @Test
    void aTaskThatWaitsIsOneWhoseRecoveryHasNotBegun() {
        TaskStatus waiting = new TaskStatus.Waiting("0-2", new IllegalStateException("the disk is away"));

        assertThat(PipelineMessage.parse(PipelineMessage.line(waiting)))
                .contains(new PipelineMessage.Task(
                        new TaskStatus.Recovering("0-2", Basis.BEGINNING, 0, 0, 0, 0, 0, Duration.ZERO)));
    }

    @Test
    void aFailureArrivesWithItsWords() {
        TaskStatus failed = new TaskStatus.Failed("0-1", new IllegalStateException("the disk\nis full"));

        assertThat(PipelineMessage.parse(PipelineMessage.line(failed)))
                .contains(new PipelineMessage.Failure("the disk is full"));
    }

    @Test
    void balancesArriveAndEnd() {
        assertThat(PipelineMessage.parse(PipelineMessage.balanceLine("acct-1", 55)))
                .contains(new PipelineMessage.AccountBalance("acct-1", 55));
        assertThat(PipelineMessage.parse(PipelineMessage.balancesEndLine()))
                .contains(new PipelineMessage.BalancesEnd());
    }

    @Test
    void whateverElseIsPrintedIsNoMessage() {
        assertThat(PipelineMessage.parse("")).isEmpty();
        assertThat(PipelineMessage.parse("WARNING: something")).isEmpty();
        assertThat(PipelineMessage.parse("running 0-1")).isEmpty();
        assertThat(PipelineMessage.parse("recovering 0-1 GUESS 1 2 3 4 5")).isEmpty();
    }
}
