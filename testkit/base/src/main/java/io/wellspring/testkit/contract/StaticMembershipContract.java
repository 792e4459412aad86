package io.wellspring.testkit.contract;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.junit.jupiter.api.Test;

/** How a member of a group comes back, is replaced, and goes for good. */
public abstract class StaticMembershipContract extends GroupScenarios {
    private static final CloseOptions LEAVE =
            CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
    /** A member that is not polled for the sum of both is out. */
    private static final Map<String, Object> SHORT_LIVED =
            Map.of("session.timeout.ms", 1_500, "max.poll.interval.ms", 1_500);

    /** For the suites of clusters. */
    protected StaticMembershipContract() {}

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
    void fencesAnInstanceThatIsFencedAsItJoinsUntilItUnsubscribes() {
        GroupMember old = member("first", Map.of("heartbeat.interval.ms", 9_000)); // it joins before it beats
        await("all partitions", () -> old.owned().size() == 4, old);
        GroupMember again = member("first");
        await("the new one's partitions", () -> again.owned().size() == 4, again);
        old.consumer.enforceRebalance();

        for (int attempt = 1; attempt <= 3; attempt++) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            await("its fencing", () -> {
                thrown.set(catchThrowable(old::poll));
                return thrown.get() != null;
            });
            assertThat(thrown.get()).as("attempt %d", attempt).isExactlyInstanceOf(FencedInstanceIdException.class);
        }
        assertThat(old.happened).as("no callback tells it").containsExactly("assigned [0, 1, 2, 3]");
        assertThat(again.owned()).hasSize(4);

        old.consumer.unsubscribe();
        old.consumer.subscribe(List.of(name), old);
        await("its return", () -> old.owned().size() == 4, old);

        assertThat(old.happened).containsExactly("assigned [0, 1, 2, 3]", "lost [0, 1, 2, 3]", "assigned [0, 1, 2, 3]");
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
}
