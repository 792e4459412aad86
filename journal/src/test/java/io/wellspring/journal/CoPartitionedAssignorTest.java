package io.wellspring.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.RebalanceProtocol;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class CoPartitionedAssignorTest {
    private final SimulatedGroup group = new SimulatedGroup(List.of(List.of("a", "b")), Map.of("a", 4, "b", 4));

    private static List<TopicPartition> tasks(int... partitions) {
        return Stream.of("a", "b")
                .flatMap(topic -> Arrays.stream(partitions).mapToObj(partition -> new TopicPartition(topic, partition)))
                .toList();
    }

    @Test
    void givesOneMemberWholeTasks() {
        group.join("m1");

        assertThat(group.settle()).isEqualTo(1);

        assertThat(group.member("m1").owned).isEqualTo(tasks(0, 1, 2, 3));
    }

    @Test
    void movesATaskInTwoRounds() {
        group.join("m1");
        group.settle();
        group.join("m2");

        assertThat(group.round()).as("m1 gives back").isTrue();
        assertThat(group.member("m1").owned).isEqualTo(tasks(0, 1));
        assertThat(group.member("m2").owned).as("withheld while m1 owned it").isEmpty();

        assertThat(group.round()).isFalse();
        assertThat(group.member("m1").owned).isEqualTo(tasks(0, 1));
        assertThat(group.member("m2").owned).isEqualTo(tasks(2, 3));
    }

    @Test
    void withholdsATaskOfWhichAnotherMemberStillHasOnePartition() {
        group.join("m1").owned = List.of(new TopicPartition("a", 0));
        group.join("m2").owned = List.of(new TopicPartition("b", 0));
        group.member("m1").generation = 2;
        group.member("m2").generation = 1;

        assertThat(group.propose().values())
                .allSatisfy(assigned ->
                        assertThat(assigned).doesNotContain(new TopicPartition("a", 0), new TopicPartition("b", 0)));

        group.settle();
        assertThat(group.propose().values().stream().mapToInt(List::size).sum()).isEqualTo(8);
    }

    @Test
    void letsTheHighestGenerationKeepATask() {
        group.join("m1").owned = tasks(0, 1);
        group.join("m2").owned = tasks(0, 1);
        group.join("m3").owned = tasks(0, 1);
        group.member("m1").generation = 4;
        group.member("m2").generation = 5;
        group.member("m3").generation = 3;

        assertThat(group.propose()).as("also in the first round").containsEntry("m2", tasks(0, 1));

        group.settle();

        assertThat(group.member("m2").owned).isEqualTo(tasks(0, 1));
    }

    @Test
    void withholdsFromAnOwnerWhatItNeverHadAndAnotherStillHas() {
        group.join("m1").owned = List.of(new TopicPartition("a", 0));
        group.join("m2").owned = tasks(0);
        group.member("m1").generation = 5;
        group.member("m2").generation = 4;

        assertThat(group.propose().values())
                .allSatisfy(assigned -> assertThat(assigned).doesNotContain(new TopicPartition("a", 0)));
    }

    @Test
    void letsNeitherKeepATaskThatTwoClaimOfOneGeneration() {
        group.join("m1").owned = tasks(0, 1, 2, 3);
        group.join("m2").owned = tasks(0);
        group.join("m3").owned = tasks(0);
        group.member("m1").generation = 4;
        group.member("m2").generation = 4;
        group.member("m3").generation = 3;

        assertThat(group.propose().values())
                .allSatisfy(assigned -> assertThat(assigned).doesNotContain(new TopicPartition("a", 0)));
    }

    @Test
    void prefersStateOnDiskForWhatNobodyOwns() {
        group.join("m1").local = Set.of(new TopicPartition("a", 2), new TopicPartition("a", 3));
        group.join("m2").local = Set.of(new TopicPartition("b", 0), new TopicPartition("a", 1));

        group.settle();

        assertThat(group.member("m1").owned).isEqualTo(tasks(2, 3));
        assertThat(group.member("m2").owned).isEqualTo(tasks(0, 1));
    }

    @Test
    void sharesTheStateOfAnInstanceAmongItsWorkers() {
        for (String worker : List.of("m1", "m2")) {
            group.join(worker).instance = "i1";
            group.member(worker).local = Set.of();
        }
        group.member("m1").local = Set.of(new TopicPartition("a", 1), new TopicPartition("a", 3));
        group.join("m3").instance = "i2";
        group.join("m4").instance = "i2";

        group.settle();

        assertThat(group.member("m1").owned).isEqualTo(tasks(1));
        assertThat(group.member("m2").owned).isEqualTo(tasks(3));
    }

    @Test
    void putsBalanceAboveStateOnDisk() {
        group.join("m1").local = Set.copyOf(tasks(0, 1, 2, 3));
        group.join("m2");

        group.settle();

        assertThat(group.member("m1").owned).isEqualTo(tasks(0, 1));
        assertThat(group.member("m2").owned).isEqualTo(tasks(2, 3));
    }

    @Test
    void spreadsEachGroupOfTopics() {
        SimulatedGroup two =
                new SimulatedGroup(List.of(List.of("light"), List.of("heavy")), Map.of("heavy", 4, "light", 4));
        two.join("m1");
        two.join("m2");

        two.settle();

        assertThat(two.members.values())
                .allSatisfy(member -> assertThat(member.owned)
                        .filteredOn(partition -> partition.topic().equals("heavy"))
                        .hasSize(2));
    }

    @Test
    void givesATaskOnlyToMembersThatSubscribeToAllItsTopics() {
        group.join("old").topics = List.of("a");
        group.join("new");

        group.settle();

        assertThat(group.member("old").owned).isEmpty();
        assertThat(group.member("new").owned).isEqualTo(tasks(0, 1, 2, 3));
    }

    @Test
    void assignsNothingOfAGroupWhosePartitionCountsDiffer() {
        SimulatedGroup uneven = new SimulatedGroup(
                List.of(List.of("a", "b"), List.of("c"), List.of("missing")), Map.of("a", 4, "b", 5, "c", 1));
        uneven.join("m1");

        uneven.settle();

        assertThat(uneven.member("m1").owned).containsExactly(new TopicPartition("c", 0));
    }

    @Test
    void toleratesUserDataThatItDoesNotKnow() {
        CoPartitionedAssignor assignor = group.assignor("", Set.of());
        Map<String, Subscription> subscriptions = Map.of(
                "none", new Subscription(List.of("a", "b")),
                "newer", new Subscription(List.of("a", "b"), ByteBuffer.wrap(new byte[] {0, 2, 9, 9})),
                "garbage", new Subscription(List.of("a", "b"), ByteBuffer.wrap(new byte[] {0, 1, 0, 0, 1, 2, 3})),
                "short", new Subscription(List.of("a", "b"), ByteBuffer.wrap(new byte[] {0})));

        Map<String, ?> assigned = assignor.assign(group.cluster(), new GroupSubscription(subscriptions))
                .groupAssignment();

        assertThat(assigned).hasSize(4);
    }

    @Test
    void keepsThePlaceOfAStaticMemberThatComesBackUnderAnotherMemberId() {
        group.join("x").staticId = Optional.of("i1");
        group.join("y").staticId = Optional.of("i2");
        List<TopicPartition> before = group.propose().get("x");

        group.leave("x");
        group.join("z").staticId = Optional.of("i1");

        assertThat(group.propose()).containsEntry("z", before);
    }

    @Test
    void writesItsNoteAndReadsIt() {
        MemberNote note = new MemberNote(
                "i1",
                Set.of(new TopicPartition("a", 0), new TopicPartition("a", 999), new TopicPartition("b", 7)),
                3,
                1,
                Map.of(new TopicPartition("a", 999), 1L << 40));

        assertThat(MemberNote.decode("m1", note.encode())).isEqualTo(note);
        assertThat(note.encode().remaining()).isLessThan(200);
        assertThat(MemberNote.decode("m1", null)).isEqualTo(MemberNote.NOTHING);
    }

    @Test
    void readsTheNotesOfOlderMembers() {
        var local = Set.of(new TopicPartition("a", 5));
        MemberNote note = new MemberNote("i1", local, 3, 2, Map.of());
        ByteBuffer withoutStandbys = note.encode();
        withoutStandbys.limit(withoutStandbys.limit() - 2 * Integer.BYTES);
        ByteBuffer withoutRounds = note.encode();
        withoutRounds.limit(withoutRounds.limit() - 3 * Integer.BYTES);

        assertThat(MemberNote.decode("m1", withoutStandbys)).isEqualTo(MemberNote.of("i1", local, 3));
        assertThat(MemberNote.decode("m1", withoutRounds)).isEqualTo(MemberNote.of("i1", local, 0));
    }

    @Test
    void takesWhatALeaderOfAnotherVersionSaysForNoStandbys() {
        ByteBuffer newer = StandbyNote.encode(Set.of(new TopicPartition("a", 5)));
        assertThat(StandbyNote.decode(newer)).containsExactly(new TopicPartition("a", 5));
        newer.putShort(0, (short) 2);

        assertThat(StandbyNote.decode(newer)).isEmpty();
        assertThat(StandbyNote.decode(null)).isEmpty();
    }

    @Test
    void aTaskWhoseOwnerIsGoneGoesToTheStandbyThatHasReadMost() {
        var standbys = new SimulatedGroup(List.of(List.of("s")), Map.of("s", 1));
        TopicPartition task = new TopicPartition("s", 0);
        for (String id : List.of("x", "y", "z")) {
            standbys.join(id).wanted = 2;
            standbys.member(id).instance = id;
            standbys.member(id).local = Set.of(task);
        }
        standbys.settle();
        assertThat(standbys.member("x").owned).containsExactly(task);
        standbys.member("y").standbys = Map.of(task, 99L);
        standbys.member("z").standbys = Map.of(task, 100L);

        standbys.leave("x");

        assertThat(standbys.propose()).containsEntry("z", List.of(task));
        assertThat(standbys.proposeStandbys()).containsEntry("y", Set.of(task));
    }

    @Test
    void membersThatWantNoneAreGivenNone() {
        var mixed = new SimulatedGroup(List.of(List.of("s")), Map.of("s", 4));
        mixed.join("old").instance = "old";
        mixed.join("new").instance = "new";
        mixed.member("new").wanted = 1;
        mixed.settle();

        assertThat(mixed.member("old").standbys).isEmpty();
        assertThat(mixed.member("new").standbys.keySet())
                .containsExactlyInAnyOrderElementsOf(mixed.member("old").owned);
    }

    @Test
    void saysSomethingElseInEachRound() {
        var round = new AtomicInteger();
        var assignor = new CoPartitionedAssignor();
        assignor.configure(Map.of(
                CoPartitionedAssignor.GROUPS_CONFIG,
                List.of(List.of("a")),
                CoPartitionedAssignor.ROUND_CONFIG,
                (IntSupplier) round::get));
        ByteBuffer first = assignor.subscriptionUserData(Set.of("a"));
        round.set(1);

        assertThat(assignor.subscriptionUserData(Set.of("a"))).isNotEqualTo(first);
    }

    @Test
    void agreesOnTheGroupsHoweverTheyAreDeclared() {
        TaskGroups one = TaskGroups.of(List.of(List.of("b", "a"), List.of("c")));
        TaskGroups other = TaskGroups.of(Set.of(Set.of("c"), Set.of("a", "b")));

        assertThat(one.topics(0)).isEqualTo(other.topics(0)).containsExactly("a", "b");
        assertThat(one.topics(1)).isEqualTo(other.topics(1)).containsExactly("c");
    }

    @Test
    void refusesAConfigurationThatItCannotUse() {
        assertThatThrownBy(() -> new CoPartitionedAssignor().configure(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("wellspring.assignor.groups=null");
        assertThatThrownBy(() -> TaskGroups.of(List.of(List.of("a"), List.of("b", "a"))))
                .hasMessageContaining("topic a is in two groups");
        assertThatThrownBy(() -> TaskGroups.of(List.of("a", "b"))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new CoPartitionedAssignor()
                        .configure(Map.of(
                                CoPartitionedAssignor.GROUPS_CONFIG,
                                List.of(List.of("a")),
                                CoPartitionedAssignor.LOCAL_CONFIG,
                                "here")))
                .hasMessageContaining("give a Supplier");
    }

    @Test
    void speaksTheCooperativeProtocol() {
        assertThat(new CoPartitionedAssignor().supportedProtocols()).containsExactly(RebalanceProtocol.COOPERATIVE);
        assertThat(new CoPartitionedAssignor().name()).isEqualTo("wellspring-copartitioned");
    }
}
