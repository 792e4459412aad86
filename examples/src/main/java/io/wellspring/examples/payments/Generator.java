package io.wellspring.examples.payments;

import io.wellspring.examples.payments.Command.Deposit;
import io.wellspring.examples.payments.Command.Withdraw;
import io.wellspring.examples.payments.Input.LoggedIn;
import io.wellspring.examples.payments.Input.Ordered;
import io.wellspring.examples.payments.Script.Line;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/**
 * Invents the input: everyday deposits, withdrawals and logins, and among them, on accounts that were quiet for long enough, the scripts of
 * {@link Script}: takeovers, and things that nearly are one. Equal arguments give equal inputs, on every JVM ({@link Random} is specified to the bit).
 *
 * <p>Event time is simulated and rises with every record, so it rises within each partition and is unique. On average an account is used every
 * {@value #MEAN_GAP_MILLIS} ms of it, however many accounts there are. While a script plays on an account nothing else happens there.
 */
final class Generator implements Iterator<Input> {
    private static final Instant START = Instant.parse("2025-03-01T00:00:00Z");
    private static final long MEAN_GAP_MILLIS = 1_000_000;
    private static final long QUIET_MILLIS = Takeover.WINDOW.toMillis();
    private static final int EVERYDAY_BETWEEN_SCRIPTS = 250;
    private static final int TRIES = 16;

    private final long records;
    private final int accounts;
    private final Random random;
    private final long meanStepMillis;
    private final long[] lastMillis;
    private final long[] busyUntilMillis;
    private final PriorityQueue<Cue> cues = new PriorityQueue<>(Comparator.comparingLong(Cue::timeMillis));
    private final Set<Long> takeoverDrains = new HashSet<>();
    private final Set<Long> nearMissDrains = new HashSet<>();

    private long made;
    private long everyday;
    private long nowMillis;

    Generator(long records, int accounts, long seed) {
        this(records, accounts, seed, START);
    }

    /** As the other one, with the event time at which the story begins. */
    Generator(long records, int accounts, long seed, Instant start) {
        this.nowMillis = start.toEpochMilli();
        this.records = records;
        this.accounts = accounts;
        this.random = new Random(seed);
        this.meanStepMillis = meanStepMillis(accounts);
        this.lastMillis = new long[accounts];
        this.busyUntilMillis = new long[accounts];
    }

    /** By how much event time rises from one record to the next, on average. */
    static long meanStepMillis(int accounts) {
        return Math.max(2, MEAN_GAP_MILLIS / accounts);
    }

    static String accountName(int number) {
        return "acct-" + number;
    }

    /** The ids of the withdrawals that complete a planted takeover, of those made so far. */
    Set<Long> takeoverDrains() {
        return Collections.unmodifiableSet(takeoverDrains);
    }

    /** The ids of the withdrawals that end a planted near miss, of those made so far. */
    Set<Long> nearMissDrains() {
        return Collections.unmodifiableSet(nearMissDrains);
    }

    @Override
    public boolean hasNext() {
        return made < records;
    }

    @Override
    public Input next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        made++;
        if (everyday % EVERYDAY_BETWEEN_SCRIPTS == EVERYDAY_BETWEEN_SCRIPTS / 5) {
            everyday++;
            cast();
        }
        long everydayMillis = nowMillis + 1 + random.nextInt((int) (2 * meanStepMillis - 1));
        Cue cue = cues.peek();
        if (cue != null && cue.timeMillis() <= everydayMillis) {
            return play(cues.remove());
        }
        int account = freeAccount(everydayMillis);
        if (account < 0) {
            return play(cues.remove());
        }
        everyday++;
        nowMillis = everydayMillis;
        return everyday(account);
    }

    /** Starts a script on an account that was quiet, if one is found. */
    private void cast() {
        for (int i = 0; i < TRIES; i++) {
            int account = random.nextInt(accounts);
            if (busyUntilMillis[account] < nowMillis && lastMillis[account] + QUIET_MILLIS < nowMillis) {
                Script script = Script.invent(random);
                long atMillis = nowMillis;
                for (Line line : script.lines()) {
                    atMillis += line.afterMillis();
                    cues.add(new Cue(atMillis, account, script, line));
                }
                // Quiet behind it too, so that what follows cannot complete a near miss.
                busyUntilMillis[account] = atMillis + QUIET_MILLIS;
                return;
            }
        }
    }

    private Input play(Cue cue) {
        nowMillis = Math.max(nowMillis + 1, cue.timeMillis());
        lastMillis[cue.account()] = nowMillis;
        Line line = cue.line();
        if (line.last()) {
            (cue.script().takeover() ? takeoverDrains : nearMissDrains).add(made);
        }
        String account = accountName(cue.account());
        return switch (line.act()) {
            case DEPOSIT -> new Ordered(nowMillis, account, new Deposit(made, line.cents()));
            case WITHDRAW -> new Ordered(nowMillis, account, new Withdraw(made, line.cents()));
            case FAIL -> new LoggedIn(nowMillis, account, new Login(made, false, line.ip()));
            case ENTER -> new LoggedIn(nowMillis, account, new Login(made, true, line.ip()));
        };
    }

    private Input everyday(int number) {
        lastMillis[number] = nowMillis;
        String account = accountName(number);
        int dice = random.nextInt(100);
        if (dice < 38) {
            return new Ordered(nowMillis, account, new Deposit(made, 10_00 + random.nextInt(490_00)));
        }
        if (dice < 68) {
            return new Ordered(nowMillis, account, new Withdraw(made, 5_00 + random.nextInt(595_00)));
        }
        if (dice < 70) {
            return new Ordered(nowMillis, account, new Withdraw(made, Takeover.DRAIN_CENTS + random.nextInt(500_00)));
        }
        return new LoggedIn(
                nowMillis, account, new Login(made, dice >= 73, "10.0." + number / 256 % 256 + "." + number % 256));
    }

    /** An account on which no script plays, or -1 if none was found: then the next cue must be played first. */
    private int freeAccount(long atMillis) {
        for (int i = 0; i < TRIES || cues.isEmpty(); i++) {
            int account = random.nextInt(accounts);
            if (busyUntilMillis[account] < atMillis || cues.isEmpty()) {
                return account;
            }
        }
        return -1;
    }

    /** A line of a script that waits for its time. */
    private record Cue(long timeMillis, int account, Script script, Line line) {}
}
