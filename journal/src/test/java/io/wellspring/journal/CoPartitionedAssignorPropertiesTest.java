package io.wellspring.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.common.TopicPartition;

/** Holds for groups of any size with any history. jqwik prints the seed of what fails; the histories are drawn from {@code seed}. */
class CoPartitionedAssignorPropertiesTest {
    private static final int STEPS = 12;

    /** A group with random topics whose members come, go, forget, come back with old claims and find state on disk. */
    private static final class History {
        final Random random;
        final Map<String, Integer> partitions = new TreeMap<>();
        final List<List<String>> groups = new ArrayList<>();
        final SimulatedGroup group;
        private int joined;

        History(long seed, int groupCount) {
            random = new Random(seed);
            for (int g = 0; g < groupCount; g++) {
                int count = 1 + random.nextInt(12);
                List<String> topics = new ArrayList<>();
                for (int t = 0; t <= random.nextInt(3); t++) {
                    String topic = "t" + g + "-" + t;
                    topics.add(topic);
                    partitions.put(topic, count);
                }
                groups.add(topics);
            }
            group = new SimulatedGroup(groups, partitions);
            join();
        }

        void join() {
            SimulatedGroup.Member member = group.join("m" + joined++);
            member.instance = "i" + random.nextInt(3);
            member.local = somePartitions();
        }

        Set<TopicPartition> somePartitions() {
            Set<TopicPartition> some = new HashSet<>();
            partitions.forEach((topic, count) -> {
                for (int p = 0; p < count; p++) {
                    if (random.nextInt(3) == 0) {
                        some.add(new TopicPartition(topic, p));
                    }
                }
            });
            return some;
        }

        /** Something happens to the group. */
        void happen() {
            List<String> ids = new ArrayList<>(group.members.keySet());
            SimulatedGroup.Member any = group.member(ids.get(random.nextInt(ids.size())));
            switch (random.nextInt(6)) {
                case 0, 1 -> join();
                case 2 -> {
                    if (ids.size() > 1) {
                        group.leave(any.id);
                    }
                }
                case 3 -> any.owned = List.of();
                case 4 -> {
                    // A zombie: claims of an old generation, partly of tasks that others own now, not always whole.
                    any.owned = new ArrayList<>(somePartitions());
                    any.generation = Math.max(-1, any.generation - 1 - random.nextInt(3));
                }
                default -> any.local = somePartitions();
            }
        }

        int tasks() {
            return groups.stream()
                    .mapToInt(topics -> partitions.get(topics.get(0)))
                    .sum();
        }

        Map<TopicPartition, String> owners() {
            Map<TopicPartition, String> owners = new HashMap<>();
            group.members.values().forEach(member -> member.owned.forEach(p -> owners.put(p, member.id)));
            return owners;
        }
    }

    /** Whatever was claimed: nothing twice, nothing split, nothing given away that another has, equal when asked again. */
    private static void requireSound(History history) {
        Map<String, List<TopicPartition>> proposed = history.group.propose();
        Set<TopicPartition> seen = new HashSet<>();
        proposed.forEach((id, assigned) -> {
            for (TopicPartition partition : assigned) {
                assertThat(seen.add(partition))
                        .as("%s assigned once", partition)
                        .isTrue();
                SimulatedGroup.Member to = history.group.member(id);
                history.group.members.values().stream()
                        .filter(other -> !other.id.equals(id))
                        .filter(other -> !to.owned.contains(partition) || other.generation >= to.generation)
                        .forEach(other -> assertThat(other.owned)
                                .as("%s goes to %s while %s claims", partition, id, other.id)
                                .doesNotContain(partition));
            }
            for (List<String> topics : history.groups) {
                for (int p = 0; p < history.partitions.get(topics.get(0)); p++) {
                    int partition = p;
                    assertThat(topics.stream()
                                    .filter(topic -> assigned.contains(new TopicPartition(topic, partition)))
                                    .count())
                            .as("partitions %s of %s at %s", partition, topics, id)
                            .isIn(0L, (long) topics.size());
                }
            }
        });
        assertThat(history.group.propose()).isEqualTo(proposed);
    }

    /** The number of tasks of a member, counted by the first topic of each group. */
    private static long load(History history, SimulatedGroup.Member member) {
        Set<String> firsts = new HashSet<>();
        history.groups.forEach(topics -> firsts.add(topics.get(0)));
        return member.owned.stream().filter(p -> firsts.contains(p.topic())).count();
    }

    private static void requireSettled(History history) {
        List<Long> loads = history.group.members.values().stream()
                .map(member -> load(history, member))
                .sorted()
                .toList();
        assertThat(loads.stream().mapToLong(Long::longValue).sum())
                .as("every task assigned")
                .isEqualTo(history.tasks());
        assertThat(loads.get(loads.size() - 1) - loads.get(0))
                .as("loads %s", loads)
                .isBetween(0L, 1L);
    }

    @Property(tries = 300)
    void neverSplitsNorSharesATaskAndSettlesInTwoRounds(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int groupCount) {
        History history = new History(seed, groupCount);
        for (int step = 0; step < STEPS; step++) {
            history.happen();
            requireSound(history);
            if (history.random.nextInt(4) > 0) {
                assertThat(history.group.settle()).as("rounds").isLessThanOrEqualTo(2);
                requireSettled(history);
            } else {
                history.group.round();
            }
        }
    }

    @Property(tries = 300)
    void movesNothingWithoutAReason(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int groupCount) {
        History history = new History(seed, groupCount);
        for (int step = 0; step < STEPS; step++) {
            history.happen();
            history.group.settle();
            Map<TopicPartition, String> before = history.owners();

            history.group.members.values().forEach(member -> member.local = history.somePartitions());
            assertThat(history.group.settle()).isEqualTo(1);

            assertThat(history.owners()).isEqualTo(before);
        }
    }

    @Property(tries = 300)
    void movesOnlyTheTasksOfAMemberThatLeaves(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int groupCount) {
        History history = new History(seed, groupCount);
        for (int step = 0; step < STEPS; step++) {
            history.join();
            history.happen();
            history.group.settle();
            Map<TopicPartition, String> before = history.owners();
            String leaver = history.group.members.keySet().iterator().next();
            if (history.group.members.size() == 1) {
                continue;
            }

            history.group.leave(leaver);
            assertThat(history.group.settle())
                    .as("nobody else gives anything back")
                    .isEqualTo(1);

            Map<TopicPartition, String> after = history.owners();
            before.forEach((partition, owner) -> {
                if (!owner.equals(leaver)) {
                    assertThat(after).as("%s left", leaver).containsEntry(partition, owner);
                }
            });
            requireSettled(history);
        }
    }

    @Property(tries = 300)
    void movesNoMoreThanTheShareOfAMemberThatJoins(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int groupCount) {
        History history = new History(seed, groupCount);
        for (int step = 0; step < STEPS; step++) {
            history.happen();
            history.group.settle();
            Map<TopicPartition, String> before = history.owners();

            history.join();
            history.group.settle();

            String joiner = "m" + (history.joined - 1);
            history.owners().forEach((partition, owner) -> {
                if (!owner.equals(joiner)) {
                    assertThat(before).as("%s joined", joiner).containsEntry(partition, owner);
                }
            });
            requireSettled(history);
        }
    }

    @Property(tries = 300)
    void spreadsStandbysOverTheOtherInstancesAndKeepsThem(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 4) int groupCount,
            @ForAll @IntRange(max = 3) int copies) {
        History history = new History(seed, groupCount);
        for (int step = 0; step < STEPS; step++) {
            history.happen();
            history.group.members.values().forEach(member -> member.wanted = copies);
            history.group.settle();
            requireStandbys(history, copies);

            Map<String, Set<TopicPartition>> before = standbys(history);
            history.group.members.values().forEach(member -> member.local = history.somePartitions());
            history.group.settle();
            assertThat(standbys(history)).as("nothing moves without a reason").isEqualTo(before);
            assertThat(history.group.proposeStandbys()).isEqualTo(before);
        }
    }

    @Property(tries = 300)
    void aTaskOnItsWayKeepsItsStandbyOpenWhereItGoes(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int groupCount) {
        History history = new History(seed, groupCount);
        history.group.members.values().forEach(member -> member.wanted = 1);
        for (int step = 0; step < STEPS; step++) {
            history.group.settle();
            history.join();
            SimulatedGroup.Member joiner = history.group.member("m" + (history.joined - 1));
            joiner.wanted = 1;
            joiner.instance = joiner.id;
            boolean follows = history.group.round();

            Set<TopicPartition> underway = Set.copyOf(joiner.standbys.keySet());
            history.group.settle();

            if (follows) {
                Set<TopicPartition> firsts = new HashSet<>(joiner.owned);
                firsts.removeIf(partition -> !partition.topic().endsWith("-0"));
                assertThat(underway).containsAll(firsts);
            }
        }
    }

    private static Map<String, Set<TopicPartition>> standbys(History history) {
        Map<String, Set<TopicPartition>> standbys = new TreeMap<>();
        history.group.members.values().forEach(member -> standbys.put(member.id, member.standbys.keySet()));
        return standbys;
    }

    private static void requireStandbys(History history, int copies) {
        Set<String> instances = new HashSet<>();
        history.group.members.values().forEach(member -> instances.add(member.instance));
        for (List<String> topics : history.groups) {
            for (int p = 0; p < history.partitions.get(topics.get(0)); p++) {
                TopicPartition task = new TopicPartition(topics.get(0), p);
                List<String> homes = new ArrayList<>();
                List<String> owner = new ArrayList<>();
                history.group.members.values().forEach(member -> {
                    if (member.standbys.containsKey(task)) {
                        homes.add(member.instance);
                    }
                    if (member.owned.contains(task)) {
                        owner.add(member.instance);
                    }
                });
                assertThat(owner).as("the owner of %s", task).hasSize(1);
                assertThat(homes)
                        .as("the standbys of %s, owned by %s", task, owner)
                        .doesNotHaveDuplicates()
                        .doesNotContain(owner.get(0))
                        .hasSize(Math.min(copies, instances.size() - 1));
            }
        }
    }
}
