package io.wellspring.testkit.contract;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The classic group protocol with static members and a cooperative assignor: who owns what, who is told when, and who is refused. */
public abstract class GroupContract extends ClusterContract {
    private static final CloseOptions LEAVE =
            CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
    /** A member that is not polled for the sum of both is out. */
    private static final Map<String, Object> SHORT_LIVED =
            Map.of("session.timeout.ms", 1_000, "max.poll.interval.ms", 1_000);

    /** For the suites of clusters. */
    protected GroupContract() {}

    @BeforeEach
    void createInput() {
        topic(4);
    }

    private TopicPartition input(int partition) {
        return new TopicPartition(name, partition);
    }

    private GroupMember member(String instance, Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(Map.of(
                "group.id",
                name,
                "auto.offset.reset",
                "earliest",
                "heartbeat.interval.ms",
                100,
                "session.timeout.ms",
                10_000,
                "partition.assignment.strategy",
                CooperativeStickyAssignor.class.getName()));
        if (instance != null) {
            all.put("group.instance.id", instance);
        }
        all.putAll(settings);
        return new GroupMember(consumer(all), name);
    }

    private GroupMember member(String instance) {
        return member(instance, Map.of());
    }

    /** Two members with two partitions each, at rest. */
    private List<GroupMember> pair(Map<String, Object> settingsOfSecond) {
        GroupMember first = member("first");
        await("all partitions", () -> first.owned().size() == 4, first);
        GroupMember second = member("second", settingsOfSecond);
        awaitOwned(2, 2, first, second);
        return List.of(first, second);
    }

    private void awaitOwned(int one, int two, GroupMember first, GroupMember second) {
        await(
                one + " and " + two + " partitions",
                () -> first.owned().size() == one
                        && second.owned().size() == two
                        && first.generation() == second.generation(),
                first,
                second);
    }

    private ConsumerGroupDescription description() {
        return answer(
                admin.describeConsumerGroups(Set.of(name)).describedGroups().get(name));
    }

    private long committed(int partition) {
        return answer(admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata())
                .get(input(partition))
                .offset();
    }

    private static List<Integer> all(GroupMember... members) {
        return Stream.of(members)
                .flatMap(member -> member.owned().stream())
                .sorted()
                .toList();
    }

    @Test
    void movesPartitionsOnlyAfterTheirOwnerGaveThemUpAndNeverRevokesWhatIsKept() {
        GroupMember first = member("first");
        await("all partitions", () -> first.owned().size() == 4, first);
        assertThat(first.happened).containsExactly("assigned [0, 1, 2, 3]");
        first.consumer.seek(input(0), 0);
        int alone = first.generation();

        GroupMember second = member("second");
        awaitOwned(2, 2, first, second);

        List<Integer> moved = second.owned();
        assertThat(all(first, second)).containsExactly(0, 1, 2, 3);
        assertThat(first.moves())
                .as("the kept ones are not in any callback")
                .containsExactly("assigned [0, 1, 2, 3]", "revoked " + moved);
        assertThat(first.happened).as("rounds that give nothing are told, too").contains("assigned []");
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
    void acceptsTransactionalOffsetsWhileTheGroupRebalancesButNoPlainCommit() {
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
        awaitOwned(2, 2, first, second);
    }

    @Test
    void givesARestartedStaticMemberItsPartitionsBackWithoutARound() {
        List<GroupMember> pair = pair(Map.of());
        GroupMember first = pair.get(0);
        GroupMember second = pair.get(1);
        List<Integer> owned = second.owned();
        List<String> before = List.copyOf(first.happened);
        ConsumerGroupMetadata old = second.consumer.groupMetadata();
        second.consumer.close();
        assertThat(second.happened).as("close revokes").endsWith("revoked " + owned);
        assertThat(description().members())
                .as("it is a member still")
                .extracting(member -> member.groupInstanceId().orElseThrow())
                .containsExactlyInAnyOrder("first", "second");

        GroupMember again = member("second");
        await("its partitions", () -> again.owned().equals(owned), first, again);

        assertThat(again.happened).containsExactly("assigned " + owned);
        assertThat(again.generation()).as("same generation").isEqualTo(old.generationId());
        assertThat(again.consumer.groupMetadata().memberId())
                .as("but another member")
                .isNotEqualTo(old.memberId());
        assertThat(first.happened).isEqualTo(before);
        assertRefusedOffsets(old, FencedInstanceIdException.class);
    }

    @Test
    void fencesTheOldInstanceWhenANewOneJoinsWithItsId() {
        GroupMember old = member("first");
        await("all partitions", () -> old.owned().size() == 4, old);
        ConsumerGroupMetadata metadata = old.consumer.groupMetadata();

        GroupMember again = member("first");
        await("the new one's partitions", () -> again.owned().size() == 4, again);

        AtomicReference<Throwable> thrown = new AtomicReference<>();
        await("its fencing", () -> {
            thrown.set(catchThrowable(old::poll));
            return thrown.get() != null;
        });
        assertThat(thrown.get()).isExactlyInstanceOf(FencedInstanceIdException.class);
        assertThat(old.happened).as("no callback tells it").containsExactly("assigned [0, 1, 2, 3]");
        assertThatThrownBy(() -> old.consumer.commitSync(Map.of(input(0), new OffsetAndMetadata(1))))
                .as("once it knows; FencedInstanceIdException before")
                .isExactlyInstanceOf(CommitFailedException.class);
        assertRefusedOffsets(metadata, FencedInstanceIdException.class);

        again.poll();
        assertThat(again.owned()).hasSize(4);
    }

    @Test
    void letsAFencedInstanceThatIsPolledOnTakeItsPlaceBack() {
        GroupMember old = member("first");
        await("all partitions", () -> old.owned().size() == 4, old);
        GroupMember again = member("first");
        await("the new one's partitions", () -> again.owned().size() == 4, again);
        await("the old one's fencing", () -> catchThrowable(old::poll) != null);

        await("its return", () -> old.happened.size() > 1 && old.owned().size() == 4, old);

        assertThat(old.happened)
                .as("the exception came once, the next poll joined again")
                .containsExactly("assigned [0, 1, 2, 3]", "lost [0, 1, 2, 3]", "assigned [0, 1, 2, 3]");
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        await("the fencing of the new one", () -> {
            thrown.set(catchThrowable(again::poll));
            return thrown.get() != null;
        });
        assertThat(thrown.get()).isExactlyInstanceOf(FencedInstanceIdException.class);
    }

    @Test
    void leavesForGoodWhenClosedSo() {
        List<GroupMember> pair = pair(Map.of());
        GroupMember first = pair.get(0);
        GroupMember second = pair.get(1);
        List<Integer> moved = second.owned();
        ConsumerGroupMetadata gone = second.consumer.groupMetadata();

        second.consumer.close(LEAVE);

        assertThat(description().members()).hasSize(1);
        await("all partitions", () -> first.owned().size() == 4, first);
        assertThat(first.happened).endsWith("assigned " + moved);
        assertRefusedOffsets(gone, CommitFailedException.class);
    }

    @Test
    void letsAMemberWithoutInstanceIdLeaveWhenItIsClosed() {
        GroupMember only = member(null);
        await("all partitions", () -> only.owned().size() == 4, only);

        only.consumer.close();

        assertThat(description().groupState()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void tellsAMemberWhoseSessionExpiredThatItsPartitionsAreLost() {
        List<GroupMember> pair = pair(SHORT_LIVED);
        GroupMember first = pair.get(0);
        GroupMember stalled = pair.get(1);
        List<Integer> lost = stalled.owned();
        ConsumerGroupMetadata gone = stalled.consumer.groupMetadata();

        await("the end of the stalled session", () -> first.owned().size() == 4, first);
        assertThat(stalled.owned()).as("it has no idea").isEqualTo(lost);
        assertRefusedOffsets(gone, CommitFailedException.class);
        assertThatThrownBy(() -> stalled.consumer.commitSync(Map.of(input(lost.get(0)), new OffsetAndMetadata(1))))
                .isExactlyInstanceOf(CommitFailedException.class);

        awaitOwned(2, 2, first, stalled);
        assertThat(stalled.moves())
                .as("no revocation, and what it gets back is assigned anew")
                .containsExactly("assigned " + lost, "lost " + lost, "assigned " + stalled.owned());
    }

    @Test
    void removesAMemberByItsInstanceId() {
        List<GroupMember> pair = pair(Map.of());
        GroupMember first = pair.get(0);
        GroupMember removed = pair.get(1);
        List<Integer> lost = removed.owned();
        ConsumerGroupMetadata gone = removed.consumer.groupMetadata();

        answer(admin.removeMembersFromConsumerGroup(
                        name, new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("second"))))
                .all());

        assertThat(description().members())
                .extracting(member -> member.groupInstanceId().orElseThrow())
                .containsExactly("first");
        await("all partitions", () -> first.owned().size() == 4, first);
        assertRefusedOffsets(gone, CommitFailedException.class);
        awaitOwned(2, 2, first, removed);
        assertThat(removed.moves())
                .as("it joins again by itself")
                .containsExactly("assigned " + lost, "lost " + lost, "assigned " + removed.owned());
    }

    @Test
    void describesItsMembersWithInstanceAndAssignment() {
        List<GroupMember> pair = pair(Map.of());

        ConsumerGroupDescription group = description();

        assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
        Map<String, Integer> partitions = group.members().stream()
                .collect(toMap(
                        member -> member.groupInstanceId().orElseThrow(),
                        member -> member.assignment().topicPartitions().size()));
        assertThat(partitions).isEqualTo(Map.of("first", 2, "second", 2));
        assertThat(group.members())
                .extracting(member -> member.consumerId())
                .containsExactlyInAnyOrder(
                        pair.get(0).consumer.groupMetadata().memberId(),
                        pair.get(1).consumer.groupMetadata().memberId());
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
        assertThat(first.happened).endsWith("assigned []").noneMatch(what -> what.startsWith("lost"));
        assertThat(first.moves()).hasSize(2);
        assertThatCode(() -> first.consumer.commitSync(Map.of(input(owned.get(0)), new OffsetAndMetadata(1))))
                .doesNotThrowAnyException();
    }

    /** The metadata is refused inside a transaction; after an abort the producer goes on. */
    private void assertRefusedOffsets(ConsumerGroupMetadata metadata, Class<? extends Throwable> exception) {
        Producer<byte[], byte[]> producer = transactional(name + "-" + metadata.memberId());
        producer.beginTransaction();
        assertThatThrownBy(
                        () -> producer.sendOffsetsToTransaction(Map.of(input(0), new OffsetAndMetadata(99)), metadata))
                .isExactlyInstanceOf(exception);
        assertThatThrownBy(producer::commitTransaction)
                .isExactlyInstanceOf(KafkaException.class)
                .hasCauseExactlyInstanceOf(exception);
        producer.abortTransaction();
        producer.beginTransaction();
        producer.commitTransaction();
    }
}
