package io.wellspring.examples.payments;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds takeovers in the story of one account the slow way: at each large withdrawal it looks back over what happened.
 *
 * <p>The earliest failure that is still within ten minutes (an event at ten minutes sharp is outside) is where the report begins, because every
 * failure after it belongs to the same attempt. It counts if at least three failures, this one included, were followed, with nothing of this
 * account in between, by a login from the address of the last of them; the first such login decides how many failures are reported. What was
 * part of a report, or lies before its end, is not looked at again.
 */
final class TakeoverSearch {
    private static final long WINDOW_MILLIS = 10 * 60 * 1000;
    private static final int LEAST_FAILURES = 3;

    private final List<Moment> story = new ArrayList<>();

    /** A moment; {@code ip} is null for everything that is no login. */
    private record Moment(long timeMillis, String ip, boolean ok) {
        boolean failure() {
            return ip != null && !ok;
        }

        boolean entry() {
            return ip != null && ok;
        }
    }

    void login(long timeMillis, Login login) {
        story.add(new Moment(timeMillis, login.ip(), login.ok()));
    }

    void other(long timeMillis) {
        story.add(new Moment(timeMillis, null, false));
    }

    /** How many failed logins led to this large withdrawal; zero if it is an honest one. */
    int drain(long timeMillis) {
        int failures = 0;
        for (int i = 0; i < story.size(); i++) {
            Moment moment = story.get(i);
            if (timeMillis - moment.timeMillis() >= WINDOW_MILLIS) {
                continue;
            }
            if (moment.failure()) {
                failures++;
            } else if (moment.entry()
                    && failures >= LEAST_FAILURES
                    && story.get(i - 1).failure()
                    && story.get(i - 1).ip().equals(moment.ip())) {
                story.clear();
                return failures;
            }
        }
        other(timeMillis);
        return 0;
    }
}
