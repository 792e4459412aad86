package io.wellspring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps docs/failures.md true: each row is there once, and each test that it names exists. */
class FailuresPageTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int ROWS = 42;
    private static final Pattern ROW = Pattern.compile("^\\| (\\d+) \\|");
    private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");
    private static final Pattern TEST =
            Pattern.compile("@(?:Test|Property|ParameterizedTest|TestFactory|RepeatedTest)\\b");

    @Test
    void hasEachRowOnce() throws IOException {
        List<Integer> rows = page().map(ROW::matcher)
                .filter(Matcher::find)
                .map(row -> Integer.valueOf(row.group(1)))
                .toList();

        assertThat(rows).isEqualTo(IntStream.rangeClosed(1, ROWS).boxed().toList());
    }

    @Test
    void rowsWithoutATestSaySo() throws IOException {
        assertThat(page().filter(line -> ROW.matcher(line).find())
                        .filter(row -> !NAMED.matcher(row).find())
                        .filter(row -> !row.contains("**no test**"))
                        .toList())
                .isEmpty();
    }

    @Test
    void everyTestItNamesExists() throws IOException {
        Map<String, Path> sources = testSources();
        List<String> missing = new ArrayList<>();
        for (String line : page().toList()) {
            Matcher named = NAMED.matcher(line);
            while (named.find()) {
                if (!exists(sources.get(named.group(1)), named.group(2))) {
                    missing.add(named.group());
                }
            }
        }

        assertThat(missing).as("named in docs/failures.md").isEmpty();
    }

    private static boolean exists(Path source, String method) throws IOException {
        if (source == null) {
            return false;
        }
        String text = Files.readString(source);
        Matcher declared = Pattern.compile("\\bvoid " + method + "\\(").matcher(text);
        if (!declared.find()) {
            return false;
        }
        int body = text.lastIndexOf("\n    }\n", declared.start()); // not a brace of an annotation
        return TEST.matcher(text.substring(Math.max(0, body), declared.start())).find();
    }

    private static Stream<String> page() throws IOException {
        return Files.readAllLines(ROOT.resolve("docs/failures.md")).stream();
    }

    private static Map<String, Path> testSources() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> file.toString().contains("/src/test/java/"))
                    .collect(Collectors.toMap(FailuresPageTest::className, file -> file, (one, another) -> one));
        }
    }

    private static String className(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - ".java".length());
    }
}
