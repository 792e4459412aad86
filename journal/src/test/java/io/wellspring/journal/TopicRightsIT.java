package io.wellspring.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import io.wellspring.testkit.kafka.BrokerConfig;
import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A broker that denies what the access control lists of a topic deny, and allows the rest. */
class TopicRightsIT {
    private static KafkaBroker broker;
    private static Admin admin;
    private static JournalTopics topics;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.inProcess(BrokerConfig.defaults()
                .property("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                .property("allow.everyone.if.no.acl.found", "true"));
        admin = KafkaClients.connecting(Map.of("bootstrap.servers", broker.bootstrapServers()))
                .admin(Map.of());
        topics = new JournalTopics(admin, broker.bootstrapServers(), Duration.ofSeconds(20));
    }

    @AfterAll
    static void closeBroker() {
        admin.close();
        broker.close();
    }

    @Test
    void worksWithoutTheRightToReadSettingsAndSaysSo() throws Exception {
        broker.createTopic("unread.journal", 1, Map.of("retention.ms", "1000"));
        allowAllBut(AclOperation.DESCRIBE_CONFIGS, "unread.journal");

        String log = logged(
                () -> assertThat(topics.ensureJournal("unread.journal", 1).maxMessageBytes())
                        .isEmpty());

        assertThat(log)
                .contains("The settings of topics [unread.journal] cannot be read: grant DESCRIBE_CONFIGS on them")
                .contains("retention.ms=-1");
    }

    @Test
    void namesTheTopicsThatMayNotBeSeenBesideThoseThatAreMissing() throws Exception {
        broker.createTopic("hidden", 1);
        allowAllBut(AclOperation.DESCRIBE, "hidden");

        assertThatThrownBy(() -> topics.describe(List.of("hidden", "missing")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("do not exist at " + broker.bootstrapServers() + ": [missing]")
                .hasMessageContaining("may not see at " + broker.bootstrapServers() + ": [hidden]; grant DESCRIBE");
    }

    @Test
    void saysWhichRightIsMissingToCreateAJournal() throws Exception {
        ResourcePattern topic = new ResourcePattern(ResourceType.TOPIC, "forbidden.journal", PatternType.LITERAL);
        ResourcePattern cluster = new ResourcePattern(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL);
        List<AclBinding> rights = List.of(
                new AclBinding(topic, entry(AclOperation.DESCRIBE, AclPermissionType.ALLOW)),
                new AclBinding(cluster, entry(AclOperation.ALL, AclPermissionType.ALLOW)),
                new AclBinding(cluster, entry(AclOperation.CREATE, AclPermissionType.DENY)));
        admin.createAcls(rights).all().get();
        try {
            assertThatThrownBy(() -> topics.ensureJournal("forbidden.journal", 2))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("journal 'forbidden.journal' cannot be created")
                    .hasMessageContaining("grant CREATE on the topic, or create it with 2 partitions");
        } finally {
            admin.deleteAcls(rights.stream().map(AclBinding::toFilter).toList())
                    .all()
                    .get();
        }
    }

    @Test
    void tellsHowLongOffsetMetadataMayBeUnlessThatMayNotBeRead() throws Exception {
        assertThat(topics.offsetMetadataMaxBytes()).hasValue(4_096);
        ResourcePattern cluster = new ResourcePattern(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL);
        List<AclBinding> rights = List.of(
                new AclBinding(cluster, entry(AclOperation.ALL, AclPermissionType.ALLOW)),
                new AclBinding(cluster, entry(AclOperation.DESCRIBE_CONFIGS, AclPermissionType.DENY)));
        admin.createAcls(rights).all().get();
        try {
            assertThat(logged(() -> assertThat(topics.offsetMetadataMaxBytes()).isEmpty()))
                    .contains("offset.metadata.max.bytes cannot be read", "grant DESCRIBE_CONFIGS on the cluster");
        } finally {
            admin.deleteAcls(rights.stream().map(AclBinding::toFilter).toList())
                    .all()
                    .get();
        }
    }

    private static void allowAllBut(AclOperation denied, String topic) throws Exception {
        ResourcePattern pattern = new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL);
        admin.createAcls(List.of(
                        new AclBinding(pattern, entry(AclOperation.ALL, AclPermissionType.ALLOW)),
                        new AclBinding(pattern, entry(denied, AclPermissionType.DENY))))
                .all()
                .get();
    }

    private static AccessControlEntry entry(AclOperation operation, AclPermissionType permission) {
        return new AccessControlEntry("User:*", "*", operation, permission);
    }

    private static String logged(Runnable work) {
        PrintStream before = System.err;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setErr(new PrintStream(captured, true, UTF_8));
        try {
            work.run();
        } finally {
            System.setErr(before);
        }
        return captured.toString(UTF_8);
    }
}
