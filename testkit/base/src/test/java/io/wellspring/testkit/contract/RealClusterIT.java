package io.wellspring.testkit.contract;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** Checks the contract itself: it has to hold on the cluster that it describes. */
class RealClusterIT {
    private static RealCluster cluster;

    @BeforeAll
    static void startBroker() {
        cluster = new RealCluster();
    }

    @AfterAll
    static void closeBroker() {
        cluster.close();
    }

    @Nested
    class Visibility extends VisibilityContract {
        @Override
        protected ClusterUnderTest cluster() {
            return cluster;
        }
    }

    @Nested
    class Fencing extends FencingContract {
        @Override
        protected ClusterUnderTest cluster() {
            return cluster;
        }
    }

    @Nested
    class TransactionSteps extends TransactionStepsContract {
        @Override
        protected ClusterUnderTest cluster() {
            return cluster;
        }
    }

    @Nested
    class TransactionOffsets extends TransactionOffsetsContract {
        @Override
        protected ClusterUnderTest cluster() {
            return cluster;
        }
    }

    @Nested
    class Reading extends ReadingContract {
        @Override
        protected ClusterUnderTest cluster() {
            return cluster;
        }
    }

    @Nested
    class Group extends GroupContract {
        @Override
        protected ClusterUnderTest cluster() {
            return cluster;
        }
    }

    @Nested
    class Admin extends AdminContract {
        @Override
        protected ClusterUnderTest cluster() {
            return cluster;
        }
    }

    @Nested
    class StaticMembership extends StaticMembershipContract {
        @Override
        protected ClusterUnderTest cluster() {
            return cluster;
        }
    }
}
