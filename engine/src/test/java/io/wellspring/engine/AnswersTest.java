package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.RetryableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.Test;

class AnswersTest {
    @Test
    void whatACallerDoesWithAnAnswerRunsElsewhere() {
        var asked = new CompletableFuture<Integer>();
        CompletableFuture<Thread> there = asked.thenApply(answer -> Thread.currentThread());
        Answers.give(asked, () -> 5);
        assertThat(there.join()).isNotSameAs(Thread.currentThread());
        assertThat(asked.join()).isEqualTo(5);
    }

    @Test
    void soDoesWhatACallerDoesWithAFailure() {
        var asked = new CompletableFuture<Integer>();
        CompletableFuture<Thread> there = asked.handle((answer, failure) -> Thread.currentThread());
        Answers.fail(asked, new IllegalStateException("no"));
        assertThat(there.join()).isNotSameAs(Thread.currentThread());
        assertThatThrownBy(asked::join).hasRootCauseMessage("no");
    }

    @Test
    void aReleaseThatIsNotCarriedOutSaysSoToItsCaller() {
        var waiting = new CompletableFuture<Void>();
        new ParkedKeys.Release("key k of stage s", () -> {}, waiting).refuse("the engine is being closed");
        assertThatThrownBy(waiting::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(RetryableException.class)
                .hasMessageContaining("key k of stage s");

        var interrupted = new CompletableFuture<Void>();
        new ParkedKeys.Release(
                        "key k of stage s",
                        () -> {
                            throw new InterruptException("closing");
                        },
                        interrupted)
                .run();
        assertThatThrownBy(interrupted::join).hasCauseInstanceOf(RetryableException.class);
        assertThat(Thread.interrupted()).as("the exception itself sets it").isTrue();

        var broken = new CompletableFuture<Void>();
        new ParkedKeys.Release(
                        "key k of stage s",
                        () -> {
                            throw new StackOverflowError();
                        },
                        broken)
                .run();
        assertThatThrownBy(broken::join).hasCauseInstanceOf(StackOverflowError.class);
    }
}
