package io.wellspring.cep;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.error.ConfigException;
import io.wellspring.cep.OperatorsPage.Snippet;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Keeps the pages on patterns true: each snippet compiles, and does what its picture says. */
class OperatorsPageTest {
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final java.util.regex.Pattern EVENT = java.util.regex.Pattern.compile("([a-z])(\\d+)(?:@(\\d+)s)?");
    private static final java.util.regex.Pattern PAUSE = java.util.regex.Pattern.compile("\\+(\\d+)s");

    /** Of the test's compiled snippets. */
    @TempDir
    static Path classes;

    @TestFactory
    Stream<DynamicTest> everySnippetDoesWhatItsPictureSays() throws IOException, ReflectiveOperationException {
        List<Snippet> snippets = new ArrayList<>(OperatorsPage.read("cep.md").snippets());
        snippets.addAll(OperatorsPage.read("coming-from-cep.md").snippets());
        assertThat(snippets).hasSizeGreaterThan(40);
        URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, OperatorsPageTest.class.getClassLoader());
        Class<?> compiled = compile(snippets, loader);
        List<DynamicTest> tests = new ArrayList<>();
        for (int number = 0; number < snippets.size(); number++) {
            Snippet snippet = snippets.get(number);
            Method method = compiled.getDeclaredMethod("snippet" + number);
            method.setAccessible(true);
            tests.add(DynamicTest.dynamicTest(snippet.toString(), () -> check(snippet, method, compiled)));
        }
        return tests.stream();
    }

    private static Class<?> compile(List<Snippet> snippets, ClassLoader loader)
            throws IOException, ClassNotFoundException {
        var source = new StringBuilder("""
                import io.wellspring.cep.*;
                import java.time.*;
                import java.util.*;
                import static io.wellspring.cep.Pattern.begin;

                class Snippets {
                """).append(OperatorsPage.prelude());
        for (int number = 0; number < snippets.size(); number++) {
            source.append("static Object snippet" + number + "() {\nreturn\n")
                    .append(snippets.get(number).code())
                    .append(";\n}\n");
        }
        source.append("}\n");
        var said = new StringWriter();
        boolean compiles = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        said,
                        null,
                        null,
                        List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none"),
                        null,
                        List.of(new Source(source.toString())))
                .call();
        assertThat(compiles).as("%s%n%s", said, source).isTrue();
        return loader.loadClass("Snippets");
    }

    private static void check(Snippet snippet, Method method, Class<?> compiled) throws ReflectiveOperationException {
        Object made;
        try {
            made = method.invoke(null);
            if (made instanceof Sequence sequence) {
                made = sequence.select(OperatorsPageTest::shown);
            }
        } catch (InvocationTargetException refused) {
            assertRefused(snippet, refused.getCause());
            return;
        } catch (ConfigException refused) {
            assertRefused(snippet, refused);
            return;
        }
        if (made instanceof Pattern<?> pattern && !snippet.picture().isEmpty()) {
            assertThat(played(pattern, snippet.picture(), compiled)).isEqualTo(snippet.picture());
        }
    }

    private static void assertRefused(Snippet snippet, Throwable refused) {
        assertThat(refused).isInstanceOf(ConfigException.class);
        assertThat(snippet.picture())
                .as("it is refused: %s", refused.getMessage())
                .containsKey("refused");
        assertThat(refused).hasMessageContaining(snippet.picture().get("refused"));
    }

    /** What the picture should say, in its order. */
    private static Map<String, String> played(Pattern<?> pattern, Map<String, String> picture, Class<?> compiled)
            throws ReflectiveOperationException {
        PatternTest<?> test = PatternTest.of(pattern);
        var at = Instant.EPOCH;
        for (String token : List.of(picture.getOrDefault("events", "").split(" +"))) {
            Matcher pause = PAUSE.matcher(token);
            Matcher event = EVENT.matcher(token);
            if (pause.matches()) {
                at = at.plusSeconds(Long.parseLong(pause.group(1)));
                test.advanceTo(at);
            } else if (event.matches()) {
                boolean timed = event.group(3) != null;
                at = timed ? at : at.plus(BETWEEN);
                Instant time = timed ? Instant.ofEpochSecond(Long.parseLong(event.group(3))) : at;
                test.event(event(compiled, event.group(1), event.group(2)), time);
            } else {
                throw new AssertionError(
                        "'" + token + "' is no event, such as a1 or a1@5s, and no pause, such as +10s");
            }
        }
        Map<String, String> said = new LinkedHashMap<>();
        for (String line : picture.keySet()) {
            said.put(
                    line,
                    switch (line) {
                        case "events" -> picture.get(line);
                        case "matches" -> list(test.results().stream().map(Object::toString));
                        case "timeouts" -> list(test.timeouts().stream().map(timeout -> shown(timeout.partial())));
                        case "late" -> list(test.late().stream().map(Object::toString));
                        case "cost" ->
                            pattern.explain()
                                    .cost()
                                    .name()
                                    .toLowerCase(Locale.ROOT)
                                    .replace('_', ' ');
                        default -> "is no line of a picture";
                    });
        }
        return said;
    }

    private static Object event(Class<?> compiled, String kind, String number) throws ReflectiveOperationException {
        Class<?> type = Stream.of(compiled.getDeclaredClasses())
                .filter(declared -> declared.getSimpleName().equals("Event"))
                .findFirst()
                .orElseThrow();
        var constructor = type.getDeclaredConstructor(String.class, int.class);
        constructor.setAccessible(true);
        return constructor.newInstance(kind, Integer.parseInt(number));
    }

    private static String list(Stream<String> shown) {
        String all = shown.collect(Collectors.joining(", "));
        return all.isEmpty() ? "none" : all;
    }

    /** The events alone, in order. */
    private static String shown(Match match) {
        return match.toString()
                .replaceAll("^Match\\[|\\]$", "")
                .replaceAll("[^, ]+=", "")
                .replace(", ", " ");
    }

    /** A source in memory. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        private Source(String text) {
            super(URI.create("string:///Snippets.java"), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
