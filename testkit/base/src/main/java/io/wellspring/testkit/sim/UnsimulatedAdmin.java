package io.wellspring.testkit.sim;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.AddRaftVoterOptions;
import org.apache.kafka.clients.admin.AddRaftVoterResult;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterClientQuotasOptions;
import org.apache.kafka.clients.admin.AlterClientQuotasResult;
import org.apache.kafka.clients.admin.AlterPartitionReassignmentsOptions;
import org.apache.kafka.clients.admin.AlterPartitionReassignmentsResult;
import org.apache.kafka.clients.admin.AlterReplicaLogDirsOptions;
import org.apache.kafka.clients.admin.AlterReplicaLogDirsResult;
import org.apache.kafka.clients.admin.AlterShareGroupOffsetsOptions;
import org.apache.kafka.clients.admin.AlterShareGroupOffsetsResult;
import org.apache.kafka.clients.admin.AlterStreamsGroupOffsetsOptions;
import org.apache.kafka.clients.admin.AlterStreamsGroupOffsetsResult;
import org.apache.kafka.clients.admin.AlterUserScramCredentialsOptions;
import org.apache.kafka.clients.admin.AlterUserScramCredentialsResult;
import org.apache.kafka.clients.admin.CreateAclsOptions;
import org.apache.kafka.clients.admin.CreateAclsResult;
import org.apache.kafka.clients.admin.CreateDelegationTokenOptions;
import org.apache.kafka.clients.admin.CreateDelegationTokenResult;
import org.apache.kafka.clients.admin.DeleteAclsOptions;
import org.apache.kafka.clients.admin.DeleteAclsResult;
import org.apache.kafka.clients.admin.DeleteShareGroupOffsetsOptions;
import org.apache.kafka.clients.admin.DeleteShareGroupOffsetsResult;
import org.apache.kafka.clients.admin.DeleteShareGroupsOptions;
import org.apache.kafka.clients.admin.DeleteShareGroupsResult;
import org.apache.kafka.clients.admin.DeleteStreamsGroupOffsetsOptions;
import org.apache.kafka.clients.admin.DeleteStreamsGroupOffsetsResult;
import org.apache.kafka.clients.admin.DeleteStreamsGroupsOptions;
import org.apache.kafka.clients.admin.DeleteStreamsGroupsResult;
import org.apache.kafka.clients.admin.DescribeAclsOptions;
import org.apache.kafka.clients.admin.DescribeAclsResult;
import org.apache.kafka.clients.admin.DescribeClassicGroupsOptions;
import org.apache.kafka.clients.admin.DescribeClassicGroupsResult;
import org.apache.kafka.clients.admin.DescribeClientQuotasOptions;
import org.apache.kafka.clients.admin.DescribeClientQuotasResult;
import org.apache.kafka.clients.admin.DescribeDelegationTokenOptions;
import org.apache.kafka.clients.admin.DescribeDelegationTokenResult;
import org.apache.kafka.clients.admin.DescribeFeaturesOptions;
import org.apache.kafka.clients.admin.DescribeFeaturesResult;
import org.apache.kafka.clients.admin.DescribeLogDirsOptions;
import org.apache.kafka.clients.admin.DescribeLogDirsResult;
import org.apache.kafka.clients.admin.DescribeMetadataQuorumOptions;
import org.apache.kafka.clients.admin.DescribeMetadataQuorumResult;
import org.apache.kafka.clients.admin.DescribeReplicaLogDirsOptions;
import org.apache.kafka.clients.admin.DescribeReplicaLogDirsResult;
import org.apache.kafka.clients.admin.DescribeShareGroupsOptions;
import org.apache.kafka.clients.admin.DescribeShareGroupsResult;
import org.apache.kafka.clients.admin.DescribeStreamsGroupsOptions;
import org.apache.kafka.clients.admin.DescribeStreamsGroupsResult;
import org.apache.kafka.clients.admin.DescribeUserScramCredentialsOptions;
import org.apache.kafka.clients.admin.DescribeUserScramCredentialsResult;
import org.apache.kafka.clients.admin.ElectLeadersOptions;
import org.apache.kafka.clients.admin.ElectLeadersResult;
import org.apache.kafka.clients.admin.ExpireDelegationTokenOptions;
import org.apache.kafka.clients.admin.ExpireDelegationTokenResult;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.ListClientMetricsResourcesOptions;
import org.apache.kafka.clients.admin.ListClientMetricsResourcesResult;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.admin.ListConfigResourcesResult;
import org.apache.kafka.clients.admin.ListConsumerGroupsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupsResult;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListGroupsResult;
import org.apache.kafka.clients.admin.ListPartitionReassignmentsOptions;
import org.apache.kafka.clients.admin.ListPartitionReassignmentsResult;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListStreamsGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListStreamsGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListStreamsGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.RaftVoterEndpoint;
import org.apache.kafka.clients.admin.RemoveRaftVoterOptions;
import org.apache.kafka.clients.admin.RemoveRaftVoterResult;
import org.apache.kafka.clients.admin.RenewDelegationTokenOptions;
import org.apache.kafka.clients.admin.RenewDelegationTokenResult;
import org.apache.kafka.clients.admin.TerminateTransactionOptions;
import org.apache.kafka.clients.admin.TerminateTransactionResult;
import org.apache.kafka.clients.admin.UnregisterBrokerOptions;
import org.apache.kafka.clients.admin.UnregisterBrokerResult;
import org.apache.kafka.clients.admin.UnregisterControllerOptions;
import org.apache.kafka.clients.admin.UnregisterControllerResult;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.admin.UpdateFeaturesResult;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaFilter;

/** What the simulated admin client cannot do, so that {@link SimAdmin} holds only what it can. */
@SuppressWarnings({"removal", "deprecation"}) // The interface still has what goes away.
abstract class UnsimulatedAdmin implements Admin {
    private static UnsupportedOperationException unsimulated(String method) {
        return Unsupported.call("Admin." + method);
    }

    @Override
    public DescribeAclsResult describeAcls(AclBindingFilter aclBindingFilter, DescribeAclsOptions describeAclsOptions) {
        throw unsimulated("describeAcls");
    }

    @Override
    public CreateAclsResult createAcls(Collection<AclBinding> collection, CreateAclsOptions createAclsOptions) {
        throw unsimulated("createAcls");
    }

    @Override
    public DeleteAclsResult deleteAcls(Collection<AclBindingFilter> collection, DeleteAclsOptions deleteAclsOptions) {
        throw unsimulated("deleteAcls");
    }

    @Override
    public AlterReplicaLogDirsResult alterReplicaLogDirs(
            Map<TopicPartitionReplica, String> map, AlterReplicaLogDirsOptions alterReplicaLogDirsOptions) {
        throw unsimulated("alterReplicaLogDirs");
    }

    @Override
    public DescribeLogDirsResult describeLogDirs(
            Collection<Integer> collection, DescribeLogDirsOptions describeLogDirsOptions) {
        throw unsimulated("describeLogDirs");
    }

    @Override
    public DescribeReplicaLogDirsResult describeReplicaLogDirs(
            Collection<TopicPartitionReplica> collection, DescribeReplicaLogDirsOptions describeReplicaLogDirsOptions) {
        throw unsimulated("describeReplicaLogDirs");
    }

    @Override
    public CreateDelegationTokenResult createDelegationToken(
            CreateDelegationTokenOptions createDelegationTokenOptions) {
        throw unsimulated("createDelegationToken");
    }

    @Override
    public RenewDelegationTokenResult renewDelegationToken(
            byte[] bytes, RenewDelegationTokenOptions renewDelegationTokenOptions) {
        throw unsimulated("renewDelegationToken");
    }

    @Override
    public ExpireDelegationTokenResult expireDelegationToken(
            byte[] bytes, ExpireDelegationTokenOptions expireDelegationTokenOptions) {
        throw unsimulated("expireDelegationToken");
    }

    @Override
    public DescribeDelegationTokenResult describeDelegationToken(
            DescribeDelegationTokenOptions describeDelegationTokenOptions) {
        throw unsimulated("describeDelegationToken");
    }

    @Override
    public ListConsumerGroupsResult listConsumerGroups(ListConsumerGroupsOptions listConsumerGroupsOptions) {
        throw unsimulated("listConsumerGroups");
    }

    @Override
    public ListStreamsGroupOffsetsResult listStreamsGroupOffsets(
            Map<String, ListStreamsGroupOffsetsSpec> map,
            ListStreamsGroupOffsetsOptions listStreamsGroupOffsetsOptions) {
        throw unsimulated("listStreamsGroupOffsets");
    }

    @Override
    public DeleteStreamsGroupsResult deleteStreamsGroups(
            Collection<String> collection, DeleteStreamsGroupsOptions deleteStreamsGroupsOptions) {
        throw unsimulated("deleteStreamsGroups");
    }

    @Override
    public DeleteStreamsGroupOffsetsResult deleteStreamsGroupOffsets(
            String string, Set<TopicPartition> set, DeleteStreamsGroupOffsetsOptions deleteStreamsGroupOffsetsOptions) {
        throw unsimulated("deleteStreamsGroupOffsets");
    }

    @Override
    public ListGroupsResult listGroups(ListGroupsOptions listGroupsOptions) {
        throw unsimulated("listGroups");
    }

    @Override
    public ElectLeadersResult electLeaders(
            ElectionType electionType, Set<TopicPartition> set, ElectLeadersOptions electLeadersOptions) {
        throw unsimulated("electLeaders");
    }

    @Override
    public AlterPartitionReassignmentsResult alterPartitionReassignments(
            Map<TopicPartition, Optional<NewPartitionReassignment>> map,
            AlterPartitionReassignmentsOptions alterPartitionReassignmentsOptions) {
        throw unsimulated("alterPartitionReassignments");
    }

    @Override
    public ListPartitionReassignmentsResult listPartitionReassignments(
            Optional<Set<TopicPartition>> optional,
            ListPartitionReassignmentsOptions listPartitionReassignmentsOptions) {
        throw unsimulated("listPartitionReassignments");
    }

    @Override
    public AlterStreamsGroupOffsetsResult alterStreamsGroupOffsets(
            String string,
            Map<TopicPartition, OffsetAndMetadata> map,
            AlterStreamsGroupOffsetsOptions alterStreamsGroupOffsetsOptions) {
        throw unsimulated("alterStreamsGroupOffsets");
    }

    @Override
    public DescribeClientQuotasResult describeClientQuotas(
            ClientQuotaFilter clientQuotaFilter, DescribeClientQuotasOptions describeClientQuotasOptions) {
        throw unsimulated("describeClientQuotas");
    }

    @Override
    public AlterClientQuotasResult alterClientQuotas(
            Collection<ClientQuotaAlteration> collection, AlterClientQuotasOptions alterClientQuotasOptions) {
        throw unsimulated("alterClientQuotas");
    }

    @Override
    public DescribeUserScramCredentialsResult describeUserScramCredentials(
            List<String> list, DescribeUserScramCredentialsOptions describeUserScramCredentialsOptions) {
        throw unsimulated("describeUserScramCredentials");
    }

    @Override
    public AlterUserScramCredentialsResult alterUserScramCredentials(
            List<UserScramCredentialAlteration> list,
            AlterUserScramCredentialsOptions alterUserScramCredentialsOptions) {
        throw unsimulated("alterUserScramCredentials");
    }

    @Override
    public DescribeFeaturesResult describeFeatures(DescribeFeaturesOptions describeFeaturesOptions) {
        throw unsimulated("describeFeatures");
    }

    @Override
    public UpdateFeaturesResult updateFeatures(
            Map<String, FeatureUpdate> map, UpdateFeaturesOptions updateFeaturesOptions) {
        throw unsimulated("updateFeatures");
    }

    @Override
    public DescribeMetadataQuorumResult describeMetadataQuorum(
            DescribeMetadataQuorumOptions describeMetadataQuorumOptions) {
        throw unsimulated("describeMetadataQuorum");
    }

    @Override
    public UnregisterBrokerResult unregisterBroker(int number, UnregisterBrokerOptions unregisterBrokerOptions) {
        throw unsimulated("unregisterBroker");
    }

    @Override
    public UnregisterControllerResult unregisterController(
            int number, UnregisterControllerOptions unregisterControllerOptions) {
        throw unsimulated("unregisterController");
    }

    @Override
    public ListConfigResourcesResult listConfigResources(
            Set<ConfigResource.Type> set, ListConfigResourcesOptions listConfigResourcesOptions) {
        throw unsimulated("listConfigResources");
    }

    @Override
    public ListClientMetricsResourcesResult listClientMetricsResources(
            ListClientMetricsResourcesOptions listClientMetricsResourcesOptions) {
        throw unsimulated("listClientMetricsResources");
    }

    @Override
    public Uuid clientInstanceId(Duration duration) {
        throw unsimulated("clientInstanceId");
    }

    @Override
    public AddRaftVoterResult addRaftVoter(
            int number, Uuid uuid, Set<RaftVoterEndpoint> set, AddRaftVoterOptions addRaftVoterOptions) {
        throw unsimulated("addRaftVoter");
    }

    @Override
    public RemoveRaftVoterResult removeRaftVoter(int number, Uuid uuid, RemoveRaftVoterOptions removeRaftVoterOptions) {
        throw unsimulated("removeRaftVoter");
    }

    @Override
    public DescribeShareGroupsResult describeShareGroups(
            Collection<String> collection, DescribeShareGroupsOptions describeShareGroupsOptions) {
        throw unsimulated("describeShareGroups");
    }

    @Override
    public AlterShareGroupOffsetsResult alterShareGroupOffsets(
            String string, Map<TopicPartition, Long> map, AlterShareGroupOffsetsOptions alterShareGroupOffsetsOptions) {
        throw unsimulated("alterShareGroupOffsets");
    }

    @Override
    public ListShareGroupOffsetsResult listShareGroupOffsets(
            Map<String, ListShareGroupOffsetsSpec> map, ListShareGroupOffsetsOptions listShareGroupOffsetsOptions) {
        throw unsimulated("listShareGroupOffsets");
    }

    @Override
    public DeleteShareGroupOffsetsResult deleteShareGroupOffsets(
            String string, Set<String> set, DeleteShareGroupOffsetsOptions deleteShareGroupOffsetsOptions) {
        throw unsimulated("deleteShareGroupOffsets");
    }

    @Override
    public DeleteShareGroupsResult deleteShareGroups(
            Collection<String> collection, DeleteShareGroupsOptions deleteShareGroupsOptions) {
        throw unsimulated("deleteShareGroups");
    }

    @Override
    public DescribeStreamsGroupsResult describeStreamsGroups(
            Collection<String> collection, DescribeStreamsGroupsOptions describeStreamsGroupsOptions) {
        throw unsimulated("describeStreamsGroups");
    }

    @Override
    public DescribeClassicGroupsResult describeClassicGroups(
            Collection<String> collection, DescribeClassicGroupsOptions describeClassicGroupsOptions) {
        throw unsimulated("describeClassicGroups");
    }

    @Override
    public void registerMetricForSubscription(KafkaMetric kafkaMetric) {
        throw unsimulated("registerMetricForSubscription");
    }

    @Override
    public void unregisterMetricFromSubscription(KafkaMetric kafkaMetric) {
        throw unsimulated("unregisterMetricFromSubscription");
    }

    @Override
    public Map<MetricName, ? extends Metric> metrics() {
        throw unsimulated("metrics");
    }

    @Override
    public TerminateTransactionResult forceTerminateTransaction(
            String string, TerminateTransactionOptions terminateTransactionOptions) {
        throw unsimulated("forceTerminateTransaction");
    }
}
