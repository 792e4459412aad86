package io.wellspring.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JournalTopicsIT {
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final Map<String, String> KEPT_FOR_EVER = Map.of(
            "cleanup.policy",
            "delete",
            "retention.ms",
            "-1",
            "retention.bytes",
            "-1",
            "message.timestamp.after.max.ms",
            "9223372036854775807");

    private static KafkaBroker broker;
    private static Admin admin;
    private static JournalTopics topics;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.inProcess();
        admin = KafkaClients.connecting(Map.of("bootstrap.servers", broker.bootstrapServers()))
                .admin(Map.of());
        topics = new JournalTopics(admin, broker.bootstrapServers(), BOUND);
    }

    @AfterAll
    static void closeBroker() {
        admin.close();
        broker.close();
    }

    @Test
    void createsAJournalThatIsKeptForEver() throws Exception {
        TopicFacts created = topics.ensureJournal("created.journal", 3);

        assertThat(created.name()).isEqualTo("created.journal");
        assertThat(created.partitions()).isEqualTo(3);
        assertThat(created.maxMessageBytes()).hasValue(1_048_588);
        assertThat(settings("created.journal")).containsAllEntriesOf(KEPT_FOR_EVER);
    }

    @Test
    void createsARepartitionTopicThatLosesNothingByItself() throws Exception {
        assertThat(topics.ensureRepartition("created.repartition", 2).partitions())
                .isEqualTo(2);

        assertThat(settings("created.repartition")).containsAllEntriesOf(KEPT_FOR_EVER);
    }

    @Test
    void takesAJournalThatIsThereAlready() {
        TopicFacts created = topics.ensureJournal("found.journal", 2);

        assertThat(topics.ensureJournal("found.journal", 2)).isEqualTo(created);
    }

    @Test
    void takesTheJournalThatAnotherInstanceCreatedMeanwhile() {
        Admin slower = overtakenAtCreation(admin);

        TopicFacts found = new JournalTopics(slower, "cluster", BOUND).ensureJournal("raced.journal", 2);

        assertThat(found).isEqualTo(topics.ensureJournal("raced.journal", 2));
    }

    @Test
    void refusesAJournalWithAnotherPartitionCount() {
        broker.createTopic("narrow.journal", 2, KEPT_FOR_EVER);

        assertThatThrownBy(() -> topics.ensureJournal("narrow.journal", 4))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("journal 'narrow.journal' has 2 partitions and the sources have 4")
                .hasMessageContaining("Give the sources the old count again");
    }

    @Test
    void refusesAJournalThatWouldForgetAndNamesEachDifferenceAndTheCommand() {
        broker.createTopic(
                "forgetful.journal",
                1,
                Map.of("cleanup.policy", "compact", "retention.ms", "86400000", "retention.bytes", "1000000"));

        assertThatThrownBy(() -> topics.ensureJournal("forgetful.journal", 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cleanup.policy=compact where delete is needed")
                .hasMessageContaining("retention.ms=86400000 where -1 is needed")
                .hasMessageContaining("retention.bytes=1000000 where -1 is needed")
                .hasMessageContaining("message.timestamp.after.max.ms=3600000 where 9223372036854775807 is needed")
                .hasMessageContaining("kafka-configs.sh --bootstrap-server " + broker.bootstrapServers()
                        + " --alter --entity-type topics --entity-name forgetful.journal --add-config"
                        + " cleanup.policy=delete,message.timestamp.after.max.ms=9223372036854775807,"
                        + "retention.bytes=-1,retention.ms=-1");
    }

    @Test
    void refusesARepartitionTopicThatWouldForget() {
        broker.createTopic("forgetful.repartition", 1, Map.of("retention.ms", "1000"));

        assertThatThrownBy(() -> topics.ensureRepartition("forgetful.repartition", 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("repartition topic 'forgetful.repartition'")
                .hasMessageContaining("retention.ms=1000 where -1 is needed");
    }

    @Test
    void saysWhatToCreateWhereTheClusterRefusesToCreateIt() {
        JournalTopics demanding = new JournalTopics(admin, broker.bootstrapServers(), BOUND, 3);

        assertThatThrownBy(() -> demanding.ensureJournal("replicated.journal", 2))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("journal 'replicated.journal' cannot be created")
                .hasMessageContaining("Unable to replicate the partition 3 time(s)")
                .hasMessageContaining("create it with 2 partitions and cleanup.policy=delete");
    }

    @Test
    void describesWhatExistsInTheOrderAsked() {
        broker.createTopic("source.b", 3, Map.of("max.message.bytes", "2000"));
        broker.createTopic("source.a", 2);

        Map<String, TopicFacts> facts = topics.describe(List.of("source.b", "source.a"));

        assertThat(facts.keySet()).containsExactly("source.b", "source.a");
        assertThat(facts.get("source.b").partitions()).isEqualTo(3);
        assertThat(facts.get("source.b").maxMessageBytes()).hasValue(2000);
        assertThat(facts.get("source.a").topicId())
                .isNotEqualTo(facts.get("source.b").topicId());
    }

    @Test
    void namesAllMissingSources() {
        broker.createTopic("source.here", 1);

        assertThatThrownBy(() -> topics.describe(List.of("source.gone", "source.here", "not a name", "source.away")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("do not exist at " + broker.bootstrapServers())
                .hasMessageContaining("[not a name, source.away, source.gone]")
                .hasMessageContaining("create them or correct their names");
    }

    @Test
    void givesARecreatedTopicAnotherId() {
        String before = topics.ensureJournal("recreated.journal", 1).topicId();
        broker.deleteTopic("recreated.journal");

        assertThat(topics.ensureJournal("recreated.journal", 1).topicId()).isNotEqualTo(before);
    }

    @Test
    void givesUpOnAnUnreachableBrokerWithinTheBoundAndNamesIt() throws Exception {
        String nowhere = UnusedAddress.find();
        Admin lost =
                KafkaClients.connecting(Map.of("bootstrap.servers", nowhere)).admin(Map.of());
        try {
            JournalTopics unreachable = new JournalTopics(lost, nowhere, Duration.ofMillis(700));
            long startNanos = System.nanoTime();

            assertThatThrownBy(() -> unreachable.describe(List.of("source.a")))
                    .isInstanceOf(RetryableException.class)
                    .hasMessageContaining("from " + nowhere + " within 700 ms")
                    .hasMessageContaining("bootstrap.servers");
            assertThatThrownBy(() -> unreachable.ensureJournal("any.journal", 1))
                    .isInstanceOf(RetryableException.class);

            assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(Duration.ofSeconds(5));
        } finally {
            lost.close(Duration.ZERO);
        }
    }

    private static Map<String, String> settings(String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var entries = admin.describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .entries();
        return entries.stream()
                .filter(entry -> entry.value() != null)
                .collect(java.util.stream.Collectors.toMap(entry -> entry.name(), entry -> entry.value()));
    }

    /** An admin client that somebody overtakes between its look for a topic and its creation. */
    private static Admin overtakenAtCreation(Admin admin) {
        return (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                    try {
                        Object answer = method.invoke(admin, arguments);
                        if (answer instanceof CreateTopicsResult faster) {
                            faster.all().get();
                            return method.invoke(admin, arguments);
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
