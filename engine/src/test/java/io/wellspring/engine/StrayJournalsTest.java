package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class StrayJournalsTest {
    private final Topology bank = Topology.of(Lab.ledger(
                    "bank",
                    Topic.of("commands", Codecs.utf8(), Codecs.int64()),
                    Topic.of("bank-orders-journal", Codecs.utf8(), Codecs.int64()),
                    Topic.of("notices", Codecs.utf8(), Codecs.utf8()))
            .graph());

    @Test
    void areThoseOfThisPipelineThatNoStageHas() {
        assertThat(StrayJournals.among(
                        Set.of(
                                "bank-accounts-journal",
                                "bank-ledger-journal",
                                "bank-a-b-journal",
                                "bank-orders-journal",
                                "bank-journal",
                                "bank-ledger-repartition",
                                "bankers-ledger-journal",
                                "commands"),
                        bank))
                .containsExactly("bank-a-b-journal", "bank-ledger-journal");
    }

    @Test
    void theWarningNamesTheTopicAndTheWaysOnAndIsBounded() {
        assertThat(StrayJournals.words(Set.of("bank-ledger-journal"), "bank"))
                .startsWith("Journals that belong to no stage of pipeline bank: bank-ledger-journal. ")
                .contains("give the stage its old name back", "delete the topic", "another pipeline");
        Set<String> many = new TreeSet<>();
        for (int i = 10; i < 25; i++) {
            many.add("bank-s" + i + "-journal");
        }
        assertThat(StrayJournals.words(many, "bank"))
                .contains("bank-s19-journal and 5 more.")
                .doesNotContain("s20");
    }

    @Test
    void aPipelineWithoutStagesHasNoJournalOfItsOwn() {
        Topic<String, Long> in = Topic.of("in", Codecs.utf8(), Codecs.int64());
        Topology plain =
                Topology.of(Pipeline.named("bank", p -> p.from(in).to(in)).graph());
        assertThat(StrayJournals.among(Set.of("bank-accounts-journal"), plain))
                .containsExactly("bank-accounts-journal");
    }
}
