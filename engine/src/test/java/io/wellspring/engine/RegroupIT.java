package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Pipeline;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Static members that come back changed. The session timeout is longer than any wait of these tests, so nothing here is healed by an expired
 * session.
 */
class RegroupIT {
    @TempDir
    Path directory;

    @Test
    void anEngineThatComesBackWithOneMoreSourceReadsItAtOnce() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(2)) {
            Pipeline narrow = Pipeline.named(
                    lab.name,
                    p -> p.from(lab.commands)
                            .stage(Accounts.STAGE)
                            .out(Accounts.NOTICES)
                            .to(lab.notices));
            lab.add(lab.commands, "alice", 5);
            Engine before = lab.start(narrow, longSession(1));
            Lab.settled(lab.notices.name(), 1);
            before.close();

            lab.add(lab.orders, "alice", 7);
            Engine after = lab.start(lab.ledger(), longSession(1));

            assertThat(Lab.texts(lab.notices, 2)).isEqualTo(Map.of("alice", List.of("1:5", "2:12")));
            assertThat(after.status()).hasSize(2).allMatch(TaskStatus.Running.class::isInstance);
        }
    }

    @Test
    void anEngineThatComesBackWithFewerWorkersLeavesNoPartitionBehind() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(4)) {
            lab.start(lab.ledger(), longSession(2)).close();

            Engine after = lab.start(lab.ledger(), longSession(1));

            assertThat(after.status()).hasSize(4).allMatch(TaskStatus.Running.class::isInstance);
        }
    }

    private EngineConfig longSession(int workers) {
        return EngineConfig.forClient(
                        Map.of("bootstrap.servers", Lab.kafka().bootstrapServers(), "session.timeout.ms", "60000"))
                .stateDir(directory)
                .workers(workers);
    }
}
