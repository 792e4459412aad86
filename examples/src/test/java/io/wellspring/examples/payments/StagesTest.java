package io.wellspring.examples.payments;

import io.wellspring.examples.payments.Command.Deposit;
import io.wellspring.examples.payments.Command.Withdraw;
import io.wellspring.examples.payments.LedgerEvent.Deposited;
import io.wellspring.examples.payments.LedgerEvent.Rejected;
import io.wellspring.examples.payments.LedgerEvent.Withdrawn;
import io.wellspring.examples.payments.LimitEvent.Granted;
import io.wellspring.examples.payments.LimitEvent.Refused;
import io.wellspring.testkit.StageTest;
import org.junit.jupiter.api.Test;

class StagesTest {
    @Test
    void theLedgerPaysWhatIsCovered() {
        StageTest.of(Ledger.STAGE, "alice")
                .given(new Deposited(1, 100_00))
                .when(new Withdraw(2, 30_00))
                .thenEvents(new Withdrawn(2, 30_00))
                .thenState(new Account(70_00, 0))
                .thenOutput(Ledger.NOTICES, new Notice(2, "withdrawn", 30_00, 70_00));
    }

    @Test
    void theLedgerTakesDeposits() {
        StageTest.of(Ledger.STAGE, "alice")
                .when(new Deposit(1, 5))
                .thenEvents(new Deposited(1, 5))
                .thenState(new Account(5, 0))
                .thenOutput(Ledger.NOTICES, new Notice(1, "deposited", 5, 5));
    }

    @Test
    void theLedgerRejectsAnOverdraft() {
        StageTest.of(Ledger.STAGE, "alice")
                .given(new Deposited(1, 100_00))
                .when(new Withdraw(2, 100_01))
                .thenEvents(new Rejected(2, 100_01, "not covered"))
                .thenState(new Account(100_00, 1))
                .thenOutput(Ledger.NOTICES, new Notice(2, "rejected", 100_01, 100_00));
    }

    @Test
    void aLoginWithABalanceGetsThreeTimesOfItAtMostTwiceTheLimitBefore() {
        StageTest.of(Limits.STAGE, "alice")
                .withView(Ledger.BALANCES, "alice", new Balance(60_00))
                .when(new Login(1, true, "ip"))
                .thenEvents(new Granted(1, 180_00, 60_00))
                .thenOutput(Limits.DECISIONS, new LimitDecision(1, true, 60_00, 180_00));
        StageTest.of(Limits.STAGE, "alice")
                .withView(Ledger.BALANCES, "alice", new Balance(1_000_00))
                .when(new Login(1, true, "ip"))
                .thenEvents(new Granted(1, 200_00, 1_000_00))
                .thenState(new Limit(200_00));
    }

    @Test
    void aLoginWithoutABalanceHalvesTheLimit() {
        StageTest.of(Limits.STAGE, "alice")
                .given(new Granted(1, 1_000_00, 500_00))
                .when(new Login(2, true, "ip"))
                .thenEvents(new Refused(2, 0))
                .thenState(new Limit(500_00))
                .thenOutput(Limits.DECISIONS, new LimitDecision(2, false, 0, 500_00));
    }
}
