package io.wellspring.testkit.contract;

import org.junit.jupiter.api.Nested;

/**
 * Holds the simulated cluster against the contract that a real broker passes. Another seed: {@code -Dwellspring.sim.seed=N}.
 */
class SimulatedClusterTest {
    private static final long SEED = Long.getLong("wellspring.sim.seed", 1);

    @Nested
    class Visibility extends VisibilityContract {
        @Override
        protected ClusterUnderTest cluster() {
            return new SimulatedCluster(SEED);
        }
    }

    @Nested
    class Fencing extends FencingContract {
        @Override
        protected ClusterUnderTest cluster() {
            return new SimulatedCluster(SEED);
        }
    }

    @Nested
    class TransactionSteps extends TransactionStepsContract {
        @Override
        protected ClusterUnderTest cluster() {
            return new SimulatedCluster(SEED);
        }
    }

    @Nested
    class TransactionOffsets extends TransactionOffsetsContract {
        @Override
        protected ClusterUnderTest cluster() {
            return new SimulatedCluster(SEED);
        }
    }

    @Nested
    class Reading extends ReadingContract {
        @Override
        protected ClusterUnderTest cluster() {
            return new SimulatedCluster(SEED);
        }
    }

    @Nested
    class Group extends GroupContract {
        @Override
        protected ClusterUnderTest cluster() {
            return new SimulatedCluster(SEED);
        }
    }

    @Nested
    class Admin extends AdminContract {
        @Override
        protected ClusterUnderTest cluster() {
            return new SimulatedCluster(SEED);
        }
    }

    @Nested
    class StaticMembership extends StaticMembershipContract {
        @Override
        protected ClusterUnderTest cluster() {
            return new SimulatedCluster(SEED);
        }
    }
}
