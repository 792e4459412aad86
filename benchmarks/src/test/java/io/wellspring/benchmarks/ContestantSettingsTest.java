package io.wellspring.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.benchmarks.contestant.ContestantSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContestantSettingsTest {
    private final ContestantSettings settings = new ContestantSettings(
            "relay", "127.0.0.1:9092", "in", "out", "run-1", Path.of("a=b", "state"), Map.of("profile", "tuned"));

    @Test
    void survivesTheWayThroughACommandLine() {
        assertThat(ContestantSettings.parse(settings.toArguments().toArray(String[]::new)))
                .isEqualTo(settings);
        assertThat(settings.tuned()).isTrue();
    }

    @Test
    void namesTheArgumentThatIsMissing() {
        String[] arguments = settings.toArguments().stream()
                .filter(argument -> !argument.startsWith("run="))
                .toArray(String[]::new);
        assertThatThrownBy(() -> ContestantSettings.parse(arguments)).hasMessageContaining("run= is missing");
        assertThatThrownBy(() -> ContestantSettings.parse(new String[] {"nonsense"}))
                .hasMessageContaining("'nonsense' is not name=value");
    }

    @Test
    void picksWhomTheUserNamesInHisOrderAndRefusesAStranger() {
        assertThat(Contestants.of(Workload.RELAY, List.of("streams", "loop")))
                .extracting(ContestantSpec::name)
                .containsExactly("streams", "loop");
        assertThat(Contestants.of(Workload.LEDGER, List.of("loop"))).isEmpty();
        assertThat(Contestants.of(Workload.LEDGER, List.of()))
                .extracting(ContestantSpec::name)
                .contains("streams", "streams-tuned")
                .doesNotContain("loop");
        assertThatThrownBy(() -> Contestants.of(Workload.RELAY, List.of("storm")))
                .hasMessageContaining("'storm' is unknown; there are loop-tuned, loop, loop-pair-tuned");
    }
}
