package io.wellspring.testkit.sim;

import static io.wellspring.testkit.sim.SimFixture.member;
import static io.wellspring.testkit.sim.SimFixture.poll;
import static io.wellspring.testkit.sim.SimFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.junit.jupiter.api.Test;

class SimGroupsTest {
    private final SimFixture sim = new SimFixture(11);
    private final List<String> told = new ArrayList<>();

    private Consumer<byte[], byte[]> joined(SimProcess process, String instance) {
        Consumer<byte[], byte[]> member = member(process, instance);
        member.subscribe(List.of("t"), new Noting(process.toString()));
        poll(member);
        return member;
    }

    private final class Noting implements ConsumerRebalanceListener {
        private final String who;

        private Noting(String who) {
            this.who = who;
        }

        private void note(String what, Collection<TopicPartition> partitions) {
            told.add(who + " " + what + " "
                    + partitions.stream().map(TopicPartition::partition).toList());
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            note("assigned", partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            note("revoked", partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            note("lost", partitions);
        }
    }

    @SafeVarargs
    private void pollInTurn(Consumer<byte[], byte[]>... members) {
        for (int round = 0; round < 10; round++) {
            for (Consumer<byte[], byte[]> member : members) {
                poll(member);
            }
        }
    }

    @Test
    void givesALoneMemberEverythingInItsFirstPoll() {
        Consumer<byte[], byte[]> only = joined(sim.kafka.process("a"), null);
        assertThat(only.assignment()).containsExactlyInAnyOrder(sim.first, sim.second);
        assertThat(told).containsExactly("a assigned [0, 1]");
        assertThat(only.groupMetadata().generationId()).isEqualTo(1);
    }

    @Test
    void movesAPartitionInTwoRoundsToANewMember() {
        Consumer<byte[], byte[]> one = joined(sim.kafka.process("a"), "a");
        Consumer<byte[], byte[]> two = joined(sim.kafka.process("b"), "b");
        assertThat(two.assignment()).as("waits for the other to join again").isEmpty();

        pollInTurn(one, two);

        assertThat(one.assignment()).hasSize(1);
        assertThat(two.assignment()).hasSize(1).doesNotContainAnyElementsOf(one.assignment());
        assertThat(one.groupMetadata().generationId()).as("two rounds").isEqualTo(3);
        assertThat(told.subList(0, 2)).containsExactly("a assigned [0, 1]", "a revoked [1]");
        assertThat(told).contains("b assigned [1]").noneMatch(line -> line.contains("lost"));
    }

    @Test
    void givesARestartedStaticMemberItsPlaceBackAndFencesTheOneBefore() {
        SimProcess before = sim.kafka.process("before");
        Consumer<byte[], byte[]> old = joined(before, "w");
        ConsumerGroupMetadata stale = old.groupMetadata();

        Consumer<byte[], byte[]> restarted = joined(sim.kafka.process("after"), "w");

        assertThat(restarted.assignment()).hasSize(2);
        assertThat(restarted.groupMetadata().generationId()).as("no round").isEqualTo(1);
        assertThatThrownBy(() -> poll(old)).isInstanceOf(FencedInstanceIdException.class);
        Producer<byte[], byte[]> zombie = sim.transactional("p");
        zombie.beginTransaction();
        assertThatThrownBy(() -> zombie.sendOffsetsToTransaction(Map.of(sim.first, new OffsetAndMetadata(1)), stale))
                .isInstanceOf(FencedInstanceIdException.class);
    }

    @Test
    void givesTheDeadMembersPartitionsAwayWhenItsSessionEnds() {
        SimProcess dead = sim.kafka.process("a");
        joined(dead, "a");
        Consumer<byte[], byte[]> heir = joined(sim.kafka.process("b"), "b");
        dead.crash();
        pollInTurn(heir);
        sim.clock.advance(Duration.ofMillis(9_999));
        sim.kafka.settle();
        pollInTurn(heir);
        assertThat(heir.assignment()).isEmpty();

        sim.clock.advance(Duration.ofMillis(1));
        sim.kafka.settle();
        pollInTurn(heir);

        assertThat(heir.assignment()).hasSize(2);
    }

    @Test
    void refusesAStalledMemberThatWakesAfterItsPartitionsHaveMoved() {
        SimProcess stalled = sim.kafka.process("a");
        Consumer<byte[], byte[]> zombie = joined(stalled, "a");
        Consumer<byte[], byte[]> heir = joined(sim.kafka.process("b"), "b");
        pollInTurn(zombie, heir);
        Producer<byte[], byte[]> producer = SimFixture.transactional(stalled, "p");
        producer.beginTransaction();
        send(producer, sim.first, "of the zombie");
        stalled.stall();
        sim.clock.advance(Duration.ofSeconds(10));
        sim.kafka.settle();
        pollInTurn(heir);
        assertThat(heir.assignment()).hasSize(2);

        stalled.wake();
        assertThatThrownBy(() -> producer.sendOffsetsToTransaction(
                        Map.of(sim.first, new OffsetAndMetadata(1)), zombie.groupMetadata()))
                .isInstanceOf(CommitFailedException.class);
        producer.abortTransaction();
        told.clear();
        pollInTurn(zombie, heir);
        assertThat(told.get(0)).startsWith("a lost");
        assertThat(zombie.assignment()).as("joined again").hasSize(1);
    }

    @Test
    void keepsTheMembershipOfAStaticMemberThatIsClosedAndDropsThatOfOneThatIsNotPolled() {
        Consumer<byte[], byte[]> closed = joined(sim.kafka.process("a"), "a");
        closed.close();
        Consumer<byte[], byte[]> other = joined(sim.kafka.process("b"), null);
        pollInTurn(other);
        assertThat(other.assignment()).isEmpty();

        sim.clock.advance(Duration.ofSeconds(10));
        sim.kafka.settle();
        pollInTurn(other);
        assertThat(other.assignment()).hasSize(2);

        sim.clock.advance(Duration.ofMinutes(6));
        sim.kafka.settle();
        pollInTurn(other);
        assertThat(told).contains("b lost [0, 1]");
    }

    @Test
    void startsARoundWhenASubscribedTopicGrows() {
        Consumer<byte[], byte[]> member = joined(sim.kafka.process("a"), "a");
        sim.admin.createPartitions(Map.of("t", NewPartitions.increaseTo(3)));
        for (int round = 0; round < 50; round++) {
            poll(member);
        }
        assertThat(member.assignment()).hasSize(3);
    }

    @Test
    void startsWhereTheGroupHasCommitted() {
        sim.write(sim.first, "a", "b", "c");
        Consumer<byte[], byte[]> member = joined(sim.kafka.process("a"), null);
        member.commitSync(Map.of(sim.first, new OffsetAndMetadata(2)));
        member.close();

        Consumer<byte[], byte[]> next = member(sim.kafka.process("b"), null);
        next.subscribe(Set.of("t"));
        List<String> read = new ArrayList<>(poll(next));
        read.addAll(poll(next));
        assertThat(read).containsExactly("c");
    }
}
