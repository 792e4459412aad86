package io.wellspring.engine;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;

/**
 * What failed while a record or timer was in hand, in words: the one place that writes them, for the error of a task that stops, for the log and
 * for dead letters. They name what was in hand, whose policy was asked, which handler of which stage failed for which key, the failure, and what can
 * be done.
 *
 * @param inHand the record, by its place, or the timer
 * @param timer whether it is a timer
 * @param owner whose policy was asked: a source or a stage
 * @param stage the stage whose handler failed; empty where it was a step or a codec outside of any
 * @param phase which handler
 * @param key the key, shown
 * @param failure what it threw
 */
record Mishap(
        String inHand, boolean timer, String owner, String stage, String phase, String key, RuntimeException failure) {
    private static final int FAILURE_CHARS = 500;

    /** Which handler failed, for which key, and with what. */
    String what() {
        if (isLate()) {
            return "it is late for key " + key + ": " + failure.getMessage();
        }
        String handler = stage.isEmpty() ? "processing" : phase + " of stage " + stage;
        return handler + " failed for key " + key + ": " + failure;
    }

    /** What was passed over, and who said so. */
    String passedOver() {
        return inHand + " as " + setting() + " of " + owner + " says: " + what();
    }

    /** Why a task stops, and how it goes on. */
    String stopped(TaskId task) {
        return "Task " + task + " stopped before " + inHand + ": " + owner + ": " + what() + ". " + remedy();
    }

    /** Why a task stops that could not even send the record away. */
    String stoppedSendingAway(TaskId task, RuntimeException why) {
        return "Task " + task + " stopped before " + inHand + ": " + owner + ": " + what()
                + "; and it cannot become a dead letter: " + why.getMessage();
    }

    /** Why a record was sent away, and how it comes back; bounded, as the record's own bytes go with it. */
    String deadLetter() {
        String what = what();
        String shown = what.length() <= FAILURE_CHARS ? what : what.substring(0, FAILURE_CHARS) + "...";
        return inHand + ": " + owner + ": " + shown + ". "
                + (isLate()
                        ? "Allow more with allowedLateness"
                        : "Mend the code or the record and send it to its topic again")
                + ", or choose another Policy with " + setting() + " of " + owner;
    }

    private String remedy() {
        if (failure instanceof CorruptException || failure instanceof RetryableException) {
            return "No policy passes over this, as the record is not to blame. Mend the cause, then start again";
        }
        if (isLate()) {
            return "Allow more with allowedLateness and start again, or choose Policy.deadLetter or Policy.skip with onLate of "
                    + owner;
        }
        String mend = "Mend the code or the record's source and start again, or choose ";
        if (timer) {
            return mend + "Policy.skip with onError of " + owner
                    + ", which drops the timer, or Policy.parkKey there, which keeps it";
        }
        boolean stageCouldSay = !stage.isEmpty() && !owner.equals("stage " + stage);
        return mend + "Policy.deadLetter or Policy.skip with onError of " + owner
                + (stageCouldSay ? ", or of stage " + stage + " alone" : "")
                + (stage.isEmpty() ? "" : ", or Policy.parkKey with onError of stage " + stage);
    }

    private boolean isLate() {
        return failure instanceof LateRecordException;
    }

    /** Where the policy was chosen. */
    private String setting() {
        return isLate() ? "onLate" : "onError";
    }
}
