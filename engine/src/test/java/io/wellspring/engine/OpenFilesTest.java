package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.state.StateOptions;
import org.junit.jupiter.api.Test;

class OpenFilesTest {
    private static final StateOptions OPTIONS = StateOptions.defaults();

    @Test
    void tooLowALimitIsToldWithNumbersAndRemedy() {
        assertThat(OpenFiles.warning(100, OPTIONS, 4_096, 50))
                .hasValueSatisfying(warning -> assertThat(warning)
                        .contains("may open 4096 files, and could need 7150: all 100 tasks with 70 each")
                        .contains("ulimit -n")
                        .contains("EngineConfig.openFilesPerTask"));
    }

    @Test
    void aLimitThatIsHighEnoughIsNotTalkedOf() {
        assertThat(OpenFiles.warning(100, OPTIONS, 7_150, 50)).isEmpty();
    }
}
