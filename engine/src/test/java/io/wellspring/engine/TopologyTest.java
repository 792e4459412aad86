package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import org.junit.jupiter.api.Test;

class TopologyTest {
    private static final Topic<String, Long> REFUNDS = Topic.of("refunds", Codecs.utf8(), Codecs.int64());

    @Test
    void aGroupHasItsSourcesInOrderAndItsStagesWithTheirJournals() {
        Topology topology = Topology.of(Pipeline.named(
                        "bank",
                        p -> p.from(Accounts.COMMANDS).merge(p.from(REFUNDS)).stage(Accounts.STAGE))
                .graph());
        assertThat(topology.pipeline()).isEqualTo("bank");
        assertThat(topology.groups()).hasSize(1);
        TaskGroup group = topology.group(0);
        assertThat(group.topics()).containsExactly("commands", "refunds");
        assertThat(group.stages()).extracting(TaskGroup.StagePlan::journal).containsExactly("bank-accounts-journal");
        assertThat(group.stages()).extracting(TaskGroup.StagePlan::name).containsExactly("accounts");
    }

    @Test
    void aRepartitionTopicIsAnInternalInputOfTheGroupBehindIt() {
        Topology topology = Topology.of(Pipeline.named(
                        "bank",
                        p -> p.from(Accounts.COMMANDS)
                                .rekey("by-branch", Codecs.utf8(), Codecs.int64(), cents -> "b" + cents)
                                .stage(Accounts.STAGE))
                .graph());
        assertThat(topology.groups()).hasSize(2);
        assertThat(topology.group(0).stages()).isEmpty();
        TaskGroup.Input input = topology.group(1).inputs().get(0);
        assertThat(input.topic()).isEqualTo("bank-by-branch-repartition");
        assertThat(input.internal()).isTrue();
        assertThat(topology.group(1).stages()).hasSize(1);
    }

    @Test
    void aRekeyThatNobodyReadsIsNoInput() {
        Topology topology = Topology.of(Pipeline.named(
                        "bank",
                        p -> p.from(Accounts.COMMANDS)
                                .rekey("unread", Codecs.utf8(), Codecs.int64(), cents -> "b" + cents))
                .graph());
        assertThat(topology.groups()).hasSize(1);
        assertThat(topology.group(0).topics()).containsExactly("commands");
    }

    @Test
    void externalTopicsAreSourcesSinksAndDeadLetterTopicsOnly() {
        Topology topology = Topology.of(Pipeline.named("bank", p -> {
                    var accounts = p.from(
                                    Accounts.COMMANDS,
                                    options -> options.onError(Policy.deadLetter("dead-commands"))
                                            .onLate(Policy.deadLetter("late-commands")))
                            .rekey("by-branch", Codecs.utf8(), Codecs.int64(), cents -> "b" + cents)
                            .stage(Accounts.STAGE.onError(Policy.deadLetter("dead-accounts")));
                    accounts.out(Accounts.NOTICES).to(Accounts.NOTICES_TOPIC);
                })
                .graph());
        assertThat(topology.externalTopics())
                .containsExactlyInAnyOrder("commands", "dead-commands", "late-commands", "dead-accounts", "notices");
    }
}
