package io.wellspring.journal;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.RetryableException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the topics of a pipeline before it starts, and creates those that Wellspring keeps for itself. Sources and sinks are never
 * created: a misspelt name shall be an error, not an empty topic.
 *
 * <p>Calls block, each request to the cluster for the bound at the longest. Any thread may call.
 */
public final class JournalTopics {
    private static final Logger LOG = LoggerFactory.getLogger(JournalTopics.class);
    private static final String OFFSET_METADATA_MAX_BYTES = "offset.metadata.max.bytes";
    private static final long VISIBLE_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Admin admin;
    private final ClusterAnswers answers;
    private final Optional<Short> replicationFactor;

    /**
     * Topics of a cluster; new ones get the replication factor that is the broker's default.
     *
     * @param admin the client to ask with; stays the caller's
     * @param cluster how messages name the cluster: its bootstrap servers
     * @param bound the longest wait for one request
     */
    public JournalTopics(Admin admin, String cluster, Duration bound) {
        this(admin, new ClusterAnswers(cluster, bound), Optional.empty());
    }

    /**
     * Topics of a cluster.
     *
     * @param admin the client to ask with; stays the caller's
     * @param cluster how messages name the cluster: its bootstrap servers
     * @param bound the longest wait for one request
     * @param replicationFactor the replication factor of new topics
     */
    public JournalTopics(Admin admin, String cluster, Duration bound, int replicationFactor) {
        this(admin, new ClusterAnswers(cluster, bound), Optional.of((short) replicationFactor));
    }

    private JournalTopics(Admin admin, ClusterAnswers answers, Optional<Short> replicationFactor) {
        this.admin = admin;
        this.answers = answers;
        this.replicationFactor = replicationFactor;
    }

    /**
     * Describes topics that have to exist.
     *
     * @param names the topics
     * @return what is known of each, in the order given
     * @throws ConfigException when some are missing or may not be described; the message names all of them
     * @throws RetryableException when the cluster does not answer within the bound
     */
    public Map<String, TopicFacts> describe(Collection<String> names) {
        Map<String, KafkaFuture<TopicDescription>> asked = ask(names);
        Map<String, TopicDescription> found = new LinkedHashMap<>();
        TreeSet<String> missing = new TreeSet<>();
        TreeSet<String> forbidden = new TreeSet<>();
        for (String name : names) {
            try {
                found.put(name, answers.await(asked.get(name), "a description of topic '" + name + "'"));
            } catch (UnknownTopicOrPartitionException | InvalidTopicException e) {
                missing.add(name);
            } catch (AuthorizationException e) {
                forbidden.add(name);
            } catch (KafkaException e) {
                throw answers.unexpected(e, "a description of topic '" + name + "'");
            }
        }
        if (!missing.isEmpty() || !forbidden.isEmpty()) {
            throw unusable(missing, forbidden);
        }
        Map<String, Map<String, String>> settings =
                settings(found.keySet(), "sizes of records are checked against the producer's");
        Map<String, TopicFacts> facts = new LinkedHashMap<>();
        found.forEach((name, topic) -> facts.put(name, facts(topic, settings.getOrDefault(name, Map.of()))));
        return facts;
    }

    /**
     * Sees to it that a journal exists and is kept for ever: creates it with unlimited retention, or checks the one that is there.
     * Several instances may do so at the same time.
     *
     * @param topic the journal's name
     * @param partitions how many partitions it has to have: as many as the stage's sources
     * @return what is known of it
     * @throws ConfigException when it differs from what is needed, with both values, or may not be created or described
     * @throws RetryableException when the cluster does not answer within the bound
     */
    public TopicFacts ensureJournal(String topic, int partitions) {
        return ensure(TopicRole.JOURNAL, topic, partitions);
    }

    /**
     * Sees to it that a repartition topic exists and loses nothing by itself: creates it with unlimited retention, or checks the one
     * that is there. Several instances may do so at the same time.
     *
     * @param topic the topic's name
     * @param partitions how many partitions it has to have
     * @return what is known of it
     * @throws ConfigException when it differs from what is needed, with both values, or may not be created or described
     * @throws RetryableException when the cluster does not answer within the bound
     */
    public TopicFacts ensureRepartition(String topic, int partitions) {
        return ensure(TopicRole.REPARTITION, topic, partitions);
    }

    /**
     * Asks the brokers how long the metadata of a committed offset may be.
     *
     * @return the least that a broker allows (offset.metadata.max.bytes), in bytes; empty where that may not be read
     * @throws RetryableException when the cluster does not answer within the bound
     */
    public OptionalInt offsetMetadataMaxBytes() {
        String asked = "the brokers' " + OFFSET_METADATA_MAX_BYTES;
        try {
            Collection<Node> brokers = answers.await(
                    admin.describeCluster(new DescribeClusterOptions().timeoutMs(answers.boundMillis()))
                            .nodes(),
                    "the brokers of the cluster");
            Collection<Config> settings = answers.await(
                            admin.describeConfigs(
                                            brokers.stream()
                                                    .map(broker -> new ConfigResource(
                                                            ConfigResource.Type.BROKER, broker.idString()))
                                                    .toList(),
                                            new DescribeConfigsOptions().timeoutMs(answers.boundMillis()))
                                    .all(),
                            asked)
                    .values();
            return settings.stream()
                    .flatMap(setting -> Optional.ofNullable(setting.get(OFFSET_METADATA_MAX_BYTES)).stream())
                    .filter(entry -> entry.value() != null)
                    .mapToInt(entry -> Integer.parseInt(entry.value()))
                    .min();
        } catch (AuthorizationException e) {
            LOG.warn(
                    "{} cannot be read, so its default is taken to hold: grant DESCRIBE_CONFIGS on the cluster where it was changed",
                    asked);
            return OptionalInt.empty();
        } catch (KafkaException e) {
            throw answers.unexpected(e, asked);
        }
    }

    private TopicFacts ensure(TopicRole role, String topic, int partitions) {
        TopicDescription description = find(topic).orElseGet(() -> {
            create(role, topic, partitions);
            TopicDescription created = awaitVisible(topic);
            awaitLed(created);
            return created;
        });
        if (description.partitions().size() != partitions) {
            throw new ConfigException(role.label() + " '" + topic + "' has "
                    + description.partitions().size() + " partitions and the sources have " + partitions + ": "
                    + role.otherPartitionsMean());
        }
        Map<String, Map<String, String>> settings =
                settings(List.of(topic), "make sure that it has " + TopicRole.settingsText(TopicRole.SETTINGS));
        Map<String, String> found = settings.getOrDefault(topic, Map.of());
        checkSettings(role, topic, found);
        return facts(description, found);
    }

    private void create(TopicRole role, String topic, int partitions) {
        NewTopic wanted = new NewTopic(topic, Optional.of(partitions), replicationFactor).configs(TopicRole.SETTINGS);
        var options = new CreateTopicsOptions().timeoutMs(answers.boundMillis());
        try {
            answers.await(admin.createTopics(List.of(wanted), options).all(), "the creation of topic '" + topic + "'");
            LOG.info("Created {} '{}' with {} partitions and unlimited retention", role.label(), topic, partitions);
        } catch (TopicExistsException e) {
            LOG.info("Another instance has just created {} '{}'", role.label(), topic);
        } catch (KafkaException e) {
            throw new ConfigException(
                    role.label() + " '" + topic + "' cannot be created at " + answers.cluster() + ": " + e.getMessage()
                            + "; grant CREATE on the topic, or create it with " + partitions + " partitions and "
                            + TopicRole.settingsText(TopicRole.SETTINGS),
                    e);
        }
    }

    private Optional<TopicDescription> find(String topic) {
        try {
            return Optional.of(answers.await(ask(List.of(topic)).get(topic), "a description of topic '" + topic + "'"));
        } catch (UnknownTopicOrPartitionException e) {
            return Optional.empty();
        } catch (AuthorizationException e) {
            throw unusable(Set.of(), Set.of(topic));
        } catch (KafkaException e) {
            throw answers.unexpected(e, "a description of topic '" + topic + "'");
        }
    }

    /** A broker may answer a description before it has heard of a topic that the controller has created. */
    private TopicDescription awaitVisible(String topic) {
        long deadlineNanos = System.nanoTime() + answers.bound().toNanos();
        Optional<TopicDescription> found = find(topic);
        while (found.isEmpty() && System.nanoTime() - deadlineNanos < 0) {
            LockSupport.parkNanos(VISIBLE_RETRY_NANOS);
            found = find(topic);
        }
        return found.orElseThrow(() -> new RetryableException("topic '" + topic + "' was created at "
                + answers.cluster() + " but its brokers do not know it yet after "
                + answers.bound().toMillis() + " ms: try again"));
    }

    /**
     * Waits until a broker leads every partition. Before that the broker may refuse the first batch of a producer and take its second; the
     * first is then out of order for ever, and the producer tries it in vain until its delivery timeout. The answer comes from the leaders.
     */
    private void awaitLed(TopicDescription topic) {
        Map<TopicPartition, OffsetSpec> question = new LinkedHashMap<>();
        topic.partitions()
                .forEach(partition ->
                        question.put(new TopicPartition(topic.name(), partition.partition()), OffsetSpec.earliest()));
        long deadlineNanos = System.nanoTime() + answers.bound().toNanos();
        String asked = "the leaders of the new topic '" + topic.name() + "'";
        while (true) {
            try {
                answers.await(
                        admin.listOffsets(question, new ListOffsetsOptions().timeoutMs(answers.boundMillis()))
                                .all(),
                        asked);
                return;
            } catch (UnknownTopicOrPartitionException e) {
                // Not every broker has heard of it yet.
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new RetryableException(
                            "topic '" + topic.name() + "' was created at " + answers.cluster()
                                    + " but has no leaders yet after "
                                    + answers.bound().toMillis() + " ms: try again",
                            e);
                }
                LockSupport.parkNanos(VISIBLE_RETRY_NANOS);
            } catch (KafkaException e) {
                throw answers.unexpected(e, asked);
            }
        }
    }

    private Map<String, KafkaFuture<TopicDescription>> ask(Collection<String> names) {
        return admin.describeTopics(names, new DescribeTopicsOptions().timeoutMs(answers.boundMillis()))
                .topicNameValues();
    }

    /** The settings of each topic; those that may not be read are missing, and the log says what follows from that. */
    private Map<String, Map<String, String>> settings(Collection<String> topics, String without) {
        Map<ConfigResource, KafkaFuture<Config>> asked = admin.describeConfigs(
                        topics.stream()
                                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                                .toList(),
                        new DescribeConfigsOptions().timeoutMs(answers.boundMillis()))
                .values();
        Map<String, Map<String, String>> settings = new LinkedHashMap<>();
        TreeSet<String> forbidden = new TreeSet<>();
        asked.forEach((resource, answer) -> {
            try {
                Map<String, String> values = new TreeMap<>();
                answers.await(answer, "the settings of topic '" + resource.name() + "'")
                        .entries()
                        .forEach(entry -> values.put(entry.name(), entry.value()));
                settings.put(resource.name(), values);
            } catch (AuthorizationException | UnknownTopicOrPartitionException e) {
                forbidden.add(resource.name());
            } catch (KafkaException e) {
                throw answers.unexpected(e, "the settings of topic '" + resource.name() + "'");
            }
        });
        if (!forbidden.isEmpty()) {
            LOG.warn(
                    "The settings of topics {} cannot be read: grant DESCRIBE_CONFIGS on them. Until then {}",
                    forbidden,
                    without);
        }
        return settings;
    }

    private void checkSettings(TopicRole role, String topic, Map<String, String> found) {
        Map<String, String> mended = new TreeMap<>();
        StringBuilder differences = new StringBuilder();
        new TreeMap<>(TopicRole.SETTINGS).forEach((name, needed) -> {
            String value = found.get(name);
            if (value != null && !value.equals(needed)) {
                mended.put(name, needed);
                differences
                        .append(differences.isEmpty() ? "" : ", ")
                        .append(name + "=" + value + " where " + needed + " is needed");
            }
        });
        if (!mended.isEmpty()) {
            throw new ConfigException(role.label() + " '" + topic + "' has " + differences
                    + ": records would be lost or refused. Mend it with kafka-configs.sh --bootstrap-server "
                    + answers.cluster()
                    + " --alter --entity-type topics --entity-name " + topic + " --add-config "
                    + TopicRole.settingsText(mended));
        }
    }

    private ConfigException unusable(Set<String> missing, Set<String> forbidden) {
        StringBuilder message = new StringBuilder();
        if (!missing.isEmpty()) {
            message.append("topics that do not exist at " + answers.cluster() + ": " + missing
                    + "; create them or correct their names in the pipeline (Wellspring creates its journals and repartition topics,"
                    + " never sources and sinks). ");
        }
        if (!forbidden.isEmpty()) {
            message.append("topics that this client may not see at " + answers.cluster() + ": " + forbidden
                    + "; grant DESCRIBE on them, and READ or WRITE as the pipeline uses them. ");
        }
        return new ConfigException(message.toString().stripTrailing());
    }

    private static TopicFacts facts(TopicDescription topic, Map<String, String> settings) {
        String maxMessageBytes = settings.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        return new TopicFacts(
                topic.name(),
                topic.partitions().size(),
                topic.topicId().toString(),
                maxMessageBytes == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(maxMessageBytes)),
                maxAhead(settings),
                cleanup(settings).contains(TopicConfig.CLEANUP_POLICY_COMPACT),
                cleanup(settings).contains(TopicConfig.CLEANUP_POLICY_DELETE)
                        && (isBound(settings.get(TopicConfig.RETENTION_MS_CONFIG))
                                || isBound(settings.get(TopicConfig.RETENTION_BYTES_CONFIG))));
    }

    private static List<String> cleanup(Map<String, String> settings) {
        return List.of(
                settings.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "").split("\\s*,\\s*"));
    }

    private static boolean isBound(String retention) {
        return retention != null && !retention.equals("-1");
    }

    private static OptionalLong maxAhead(Map<String, String> settings) {
        String millis = settings.get(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG);
        // Where the broker sets the timestamps itself it does not look at the producer's.
        boolean ofTheBroker = "LogAppendTime".equals(settings.get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG));
        return millis == null || ofTheBroker || Long.parseLong(millis) == Long.MAX_VALUE
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(millis));
    }
}
