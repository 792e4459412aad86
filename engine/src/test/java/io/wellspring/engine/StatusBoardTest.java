package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StatusBoardTest {
    private final StatusBoard board = new StatusBoard();

    @Test
    void tasksStandInTheOrderOfGroupAndPartition() {
        board.publish(new TaskId(1, 0), running("1-0", 1));
        board.publish(new TaskId(0, 10), running("0-10", 1));
        board.publish(new TaskId(0, 9), running("0-9", 1));
        assertThat(board.statuses()).extracting(TaskStatus::task).containsExactly("0-9", "0-10", "1-0");
    }

    @Test
    void countsIncludeTasksThatMovedAway() {
        board.publish(new TaskId(0, 0), running("0-0", 5));
        board.publish(new TaskId(0, 1), running("0-1", 7));
        assertThat(board.counts().records()).isEqualTo(12);
        board.gone(new TaskId(0, 0), new TaskCounts(6, 0, 0, 0));
        assertThat(board.counts().records()).isEqualTo(13);
        assertThat(board.statuses()).hasSize(1);
    }

    @Test
    void countsIncludeTasksThatHaveStopped() {
        board.publish(new TaskId(0, 0), running("0-0", 5));
        board.publish(new TaskId(0, 0), new TaskStatus.Failed("0-0", new IllegalStateException("why")));
        assertThat(board.counts().records()).isEqualTo(5);
    }

    @Test
    void theFirstFailureStands() {
        var first = new IllegalStateException("first");
        board.failed(first);
        board.failed(new IllegalStateException("second"));
        assertThat(board.failure()).containsSame(first);
    }

    @Test
    void aWorkerJoinsOnce() {
        board.joined(0);
        board.joined(0);
        assertThat(board.joinedBy(1)).isTrue();
        assertThat(board.joinedBy(2)).isFalse();
    }

    @Test
    void aQuestionIsAskedAgainAtEachChange() throws Exception {
        var answer = CompletableFuture.supplyAsync(() -> {
            try {
                return board.await(Duration.ofSeconds(30), current -> current.failure());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        board.failed(new IllegalStateException("now"));
        assertThat(answer.get(30, TimeUnit.SECONDS)).isPresent();
    }

    @Test
    void aWaitEndsWithoutAnAnswerWhenItsTimeIsUp() throws Exception {
        assertThat(board.await(Duration.ofMillis(1), current -> Optional.empty()))
                .isEmpty();
    }

    @Test
    void whoWaitsForTheEndIsToldWhenATaskStopsOrTheEngineIsClosed() throws Exception {
        var told = CompletableFuture.supplyAsync(() -> {
            try {
                return board.awaitEnd();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        board.publish(new TaskId(0, 0), running("0-0", 1));
        assertThat(told).isNotDone();
        var why = new IllegalStateException("why");
        board.publish(new TaskId(0, 1), new TaskStatus.Failed("0-1", why));
        assertThat(told.get(30, TimeUnit.SECONDS)).containsSame(why);
        board.gone(new TaskId(0, 1), TaskCounts.ZERO);
        board.ended();
        assertThat(board.awaitEnd()).as("also when the task has gone").containsSame(why);
    }

    @Test
    void anEndInOrderIsNoFailure() throws Exception {
        board.publish(new TaskId(0, 0), running("0-0", 1));
        board.gone(new TaskId(0, 0), TaskCounts.ZERO);
        board.ended();
        assertThat(board.awaitEnd()).isEmpty();
    }

    private static TaskStatus running(String task, long records) {
        return new TaskStatus.Running(
                task, TaskStatus.Basis.BEGINNING, 0, new TaskCounts(records, 0, 0, 0), 0, Optional.empty());
    }
}
