package io.wellspring.testkit.contract;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.GroupState;
import org.junit.jupiter.api.Test;

/** The classic group protocol with a cooperative assignor: who owns what, who is told when, and whose offsets are accepted. */
public abstract class GroupContract extends GroupScenarios {
    /** For the suites of clusters. */
    protected GroupContract() {}

    @Test
    void movesPartitionsOnlyAfterTheirOwnerGaveThemUpAndNeverRevokesWhatIsKept() {
        GroupMember first = member("first");
        await("all partitions", () -> first.owned().size() == 4, first);
        assertThat(first.happened).containsExactly("assigned [0, 1, 2, 3]");
        int alone = first.generation();

        GroupMember second = member("second");
        awaitOwned(2, 2, first, second);

        List<Integer> moved = second.owned();
        assertThat(all(first, second)).containsExactly(0, 1, 2, 3);
        assertThat(first.moves())
                .as("the kept ones are not in any callback")
                .containsExactly("assigned [0, 1, 2, 3]", "revoked " + moved);
        await("the callback of a round that gave it nothing", () -> first.happened.contains("assigned []"), first);
        assertThat(second.moves()).as("the first round gives it nothing").containsExactly("assigned " + moved);
        assertThat(first.generation()).as("two rounds").isEqualTo(alone + 2);
    }

    @Test
    void keepsPositionsOfKeptPartitionsAndReadsMovedOnesFromTheirCommittedOffset() {
        Producer<byte[], byte[]> producer = producer(Map.of());
        for (int partition = 0; partition < 4; partition++) {
            send(producer, input(partition), "a");
            send(producer, input(partition), "b");
        }
        GroupMember first = member("first");
        await(
                "all read",
                () -> first.owned().size() == 4 && positions(first).stream().allMatch(at -> at == 2),
                first);
        first.beforeRevocation = partitions -> first.consumer.commitSync(
                partitions.stream().collect(toMap(each -> each, each -> new OffsetAndMetadata(1))));

        GroupMember second = member("second");
        awaitOwned(2, 2, first, second);

        assertThat(positions(first)).as("not reset").containsExactly(2L, 2L);
        for (int moved : second.owned()) {
            assertThat(committed(moved)).as("committed inside the callback").isEqualTo(1);
            assertThat(second.consumer
                            .committed(Set.of(input(moved)))
                            .get(input(moved))
                            .offset())
                    .isEqualTo(1);
        }
        await("the rest", () -> positions(second).stream().allMatch(at -> at == 2), second);
    }

    private static List<Long> positions(GroupMember member) {
        return member.consumer.assignment().stream()
                .map(member.consumer::position)
                .toList();
    }

    @Test
    void letsATransactionCommitInsideTheRevocation() {
        GroupMember first = member("first");
        await("all partitions", () -> first.owned().size() == 4, first);
        Producer<byte[], byte[]> producer = transactional(name);
        AtomicReference<Throwable> outcome = new AtomicReference<>();
        first.beforeRevocation = partitions -> {
            first.beforeRevocation = none -> {};
            producer.beginTransaction();
            outcome.set(catchThrowable(() -> producer.sendOffsetsToTransaction(
                    partitions.stream().collect(toMap(each -> each, each -> new OffsetAndMetadata(7))),
                    first.consumer.groupMetadata())));
            producer.commitTransaction();
        };

        GroupMember second = member("second");
        awaitOwned(2, 2, first, second);

        assertThat(outcome.get()).isNull();
        for (int moved : second.owned()) {
            assertThat(second.consumer
                            .committed(Set.of(input(moved)))
                            .get(input(moved))
                            .offset())
                    .isEqualTo(7);
        }
    }

    @Test
    void acceptsOffsetsOfAPartitionThatTheMemberNoLongerOwns() {
        List<GroupMember> pair = pair(Map.of());
        GroupMember first = pair.get(0);
        int foreign = pair.get(1).owned().get(0);
        Producer<byte[], byte[]> producer = transactional(name);

        producer.beginTransaction();
        producer.sendOffsetsToTransaction(
                Map.of(input(foreign), new OffsetAndMetadata(9)), first.consumer.groupMetadata());
        producer.commitTransaction();
        first.consumer.commitSync(Map.of(input(foreign), new OffsetAndMetadata(11)));

        assertThat(committed(foreign))
                .as("nobody checks ownership (I3's reason)")
                .isEqualTo(11);
    }

    @Test
    void acceptsOffsetsOfTheOldGenerationWhileTheGroupWaitsForItsMembers() {
        GroupMember first = member("first");
        await("all partitions", () -> first.owned().size() == 4, first);
        GroupMember second = member("second");
        await("a rebalance", () -> description().groupState() == GroupState.PREPARING_REBALANCE, second);
        Producer<byte[], byte[]> producer = transactional(name);

        producer.beginTransaction();
        producer.sendOffsetsToTransaction(Map.of(input(0), new OffsetAndMetadata(5)), first.consumer.groupMetadata());
        producer.commitTransaction();

        assertThat(first.consumer.committed(Set.of(input(0))).get(input(0)).offset())
                .isEqualTo(5);
        first.consumer.commitSync(Map.of(input(0), new OffsetAndMetadata(6)));
        assertThat(committed(0)).isEqualTo(6);
        assertThat(description().groupState()).isEqualTo(GroupState.PREPARING_REBALANCE);
        awaitOwned(2, 2, first, second);
    }

    @Test
    void refusesOffsetsSetByAnAdminWhileTheGroupHasMembers() {
        GroupMember member = member("first");
        await("all partitions", () -> member.owned().size() == 4, member);

        assertThat(refusal(admin.alterConsumerGroupOffsets(name, Map.of(input(0), new OffsetAndMetadata(3)))
                        .all()))
                .isExactlyInstanceOf(org.apache.kafka.common.errors.UnknownMemberIdException.class);
    }

    @Test
    void startsANewRoundWhenAMemberAsksForOneAndMovesNothing() {
        List<GroupMember> pair = pair(Map.of());
        GroupMember first = pair.get(0);
        int before = first.generation();
        List<Integer> owned = first.owned();
        first.consumer.enforceRebalance("the scenario wants a round");

        await(
                "a new generation",
                () -> first.generation() > before && pair.get(1).generation() == first.generation(),
                pair);

        assertThat(first.owned()).isEqualTo(owned);
        assertThat(first.moves())
                .as("what the joining of the second did, no more")
                .containsExactly(
                        "assigned [0, 1, 2, 3]", "revoked " + pair.get(1).owned());
        assertThatCode(() -> first.consumer.commitSync(Map.of(input(owned.get(0)), new OffsetAndMetadata(1))))
                .doesNotThrowAnyException();
    }
}
