package io.wellspring.examples.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What README shows is what is compiled and run here. */
class ReadmeTest {
    private static final Path TESTS = Path.of("src/test/java/io/wellspring/examples/ledger/LedgerProgramIT.java");
    private static final Path SOURCE = Path.of("src/main/java/io/wellspring/examples/ledger/LedgerProgram.java");
    private static final Path PATTERN = Path.of("src/main/java/io/wellspring/examples/payments/Takeover.java");
    private static final Path PIPELINE = Path.of("src/main/java/io/wellspring/examples/payments/PaymentsPipeline.java");
    private static final Path README = Path.of("../README.md");
    private static final Pattern REGION =
            Pattern.compile("// tag::readme\\[]\\n(.*?)\\n *// end::readme\\[]", Pattern.DOTALL);
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\\n(.*?)\\n```", Pattern.DOTALL);

    @Test
    void theProgramHasAtMostFortyLines() throws IOException {
        assertThat(marked(SOURCE).lines()).hasSizeLessThanOrEqualTo(40);
    }

    @Test
    void readmeShowsWhatIsCompiledWordByWord() throws IOException {
        assumeTrue(Files.exists(README), "there is no README.md");

        List<String> blocks = JAVA_BLOCK
                .matcher(Files.readString(README))
                .results()
                .map(block -> block.group(1))
                .toList();

        assertThat(blocks).containsExactly(marked(SOURCE), marked(TESTS), marked(PATTERN), marked(PIPELINE));
    }

    private static String marked(Path file) throws IOException {
        String source = Files.readString(file);
        MatchResult region = REGION.matcher(source).results().findFirst().orElseThrow();
        return region.group(1).stripIndent();
    }
}
