package io.wellspring.examples.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class JavaCommandTest {
    @Test
    void theMainClassThatIsStartedAgainExists() throws Exception {
        assertThat(Class.forName(JavaCommand.MAIN_CLASS).getMethod("main", String[].class))
                .isNotNull();
    }

    @Test
    void argumentsStandBehindTheMainClass() {
        assertThat(JavaCommand.thisProgram(true, List.of("a", "b"))).endsWith(JavaCommand.MAIN_CLASS, "a", "b");
    }
}
