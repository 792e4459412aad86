package io.wellspring.testkit.contract;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;

/** Groups of members for the scenarios about groups: an input of four partitions, a cooperative assignor. */
abstract class GroupScenarios extends ClusterContract {
    @BeforeEach
    void createInput() {
        topic(4);
    }

    final TopicPartition input(int partition) {
        return new TopicPartition(name, partition);
    }

    final GroupMember member(String instance, Map<String, Object> settings) {
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

    final GroupMember member(String instance) {
        return member(instance, Map.of());
    }

    /** Two members with two partitions each, at rest. */
    final List<GroupMember> pair(Map<String, Object> settingsOfSecond) {
        GroupMember first = member("first");
        await("all partitions", () -> first.owned().size() == 4, first);
        GroupMember second = member("second", settingsOfSecond);
        awaitOwned(2, 2, first, second);
        return List.of(first, second);
    }

    final void awaitOwned(int one, int two, GroupMember first, GroupMember second) {
        await(
                one + " and " + two + " partitions",
                () -> first.owned().size() == one
                        && second.owned().size() == two
                        && first.generation() == second.generation(),
                first,
                second);
    }

    final ConsumerGroupDescription description() {
        return answer(
                admin.describeConsumerGroups(Set.of(name)).describedGroups().get(name));
    }

    final long committed(int partition) {
        return answer(admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata())
                .get(input(partition))
                .offset();
    }

    static List<Integer> all(GroupMember... members) {
        return Stream.of(members)
                .flatMap(member -> member.owned().stream())
                .sorted()
                .toList();
    }

    /** The metadata is refused inside a transaction; after an abort the producer goes on. */
    final void assertRefusedOffsets(ConsumerGroupMetadata metadata, Class<? extends Throwable> exception) {
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
