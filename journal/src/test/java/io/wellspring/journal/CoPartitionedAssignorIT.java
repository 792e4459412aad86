package io.wellspring.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CoPartitionedAssignorIT {
    private static KafkaBroker broker;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.inProcess();
        broker.createTopic("orders", 4);
        broker.createTopic("payments", 4);
    }

    @AfterAll
    static void closeBroker() {
        broker.close();
    }

    private static JoinedConsumer member(String group, String instance, Set<TopicPartition> local) {
        Supplier<Collection<TopicPartition>> onDisk = () -> local;
        return new JoinedConsumer(
                broker,
                group,
                List.of("orders", "payments"),
                Map.of(
                        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CoPartitionedAssignor.class.getName(),
                        ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance,
                        CoPartitionedAssignor.GROUPS_CONFIG, List.of(List.of("orders", "payments")),
                        CoPartitionedAssignor.INSTANCE_CONFIG, instance,
                        CoPartitionedAssignor.LOCAL_CONFIG, onDisk));
    }

    private static Set<String> tasks(int... partitions) {
        Set<String> names = new TreeSet<>();
        for (int partition : partitions) {
            names.add("orders-" + partition);
            names.add("payments-" + partition);
        }
        return names;
    }

    @Test
    void movesWholeTasksWhenMembersJoinAndLeave() {
        try (JoinedConsumer first = member("join-and-leave", "first", Set.of())) {
            JoinedConsumer.pollUntil("all tasks", () -> first.owned().equals(tasks(0, 1, 2, 3)), first);

            try (JoinedConsumer second = member("join-and-leave", "second", Set.of())) {
                JoinedConsumer.pollUntil(
                        "half of the tasks", () -> second.owned().equals(tasks(2, 3)), first, second);

                assertThat(first.owned()).isEqualTo(tasks(0, 1));
                assertThat(first.happened).contains("revoked " + tasks(2, 3));
                assertThat(second.happened).contains("assigned " + tasks(2, 3)).noneMatch(what -> what.contains("-0"));
                second.consumer.close(
                        CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
            }

            JoinedConsumer.pollUntil("all tasks again", () -> first.owned().equals(tasks(0, 1, 2, 3)), first);
            assertThat(first.happened)
                    .as("what it kept was never revoked")
                    .noneMatch(what -> what.startsWith("revoked") && what.contains("-0"))
                    .noneMatch(what -> what.startsWith("lost"));
        }
    }

    @Test
    void givesAStaticMemberItsTasksBackWithoutARound() {
        try (JoinedConsumer first = member("restart", "first", Set.of())) {
            first.joined();
            JoinedConsumer second = member("restart", "second", Set.of());
            JoinedConsumer.pollUntil("half of the tasks", () -> second.owned().equals(tasks(2, 3)), first, second);
            int generation = first.consumer.groupMetadata().generationId();
            List<String> before = List.copyOf(first.happened);
            second.close();

            try (JoinedConsumer again = member("restart", "second", Set.of())) {
                JoinedConsumer.pollUntil("its tasks", () -> again.owned().equals(tasks(2, 3)), first, again);

                assertThat(first.consumer.groupMetadata().generationId()).isEqualTo(generation);
                assertThat(first.happened).isEqualTo(before);
            }
        }
    }

    @Test
    void startsTasksWhereTheirStateIs() {
        Set<TopicPartition> high = Set.of(new TopicPartition("orders", 2), new TopicPartition("orders", 3));
        Set<TopicPartition> low = Set.of(new TopicPartition("orders", 0), new TopicPartition("orders", 1));
        try (JoinedConsumer first = member("state", "first", high);
                JoinedConsumer second = member("state", "second", low)) {
            JoinedConsumer.pollUntil(
                    "all tasks",
                    () -> first.owned().size() == 4 && second.owned().size() == 4,
                    first,
                    second);

            // Also where one joined alone and owned everything for a moment: it gives up what the other has state of.
            assertThat(first.owned()).isEqualTo(tasks(2, 3));
            assertThat(second.owned()).isEqualTo(tasks(0, 1));
        }
    }
}
