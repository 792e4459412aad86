package io.wellspring.engine;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Gives callers their answers. What a caller does with one runs elsewhere than on the thread that has it: a wait for a second answer there would be
 * a wait for this very thread, and a question that is asked again there would be answered again for ever.
 */
final class Answers {
    private Answers() {}

    static <T> void give(CompletableFuture<T> asked, Supplier<T> answer) {
        var unused = asked.completeAsync(answer);
    }

    static void fail(CompletableFuture<?> asked, Throwable failure) {
        var unused = CompletableFuture.runAsync(() -> asked.completeExceptionally(failure));
    }
}
