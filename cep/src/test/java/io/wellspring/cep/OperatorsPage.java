package io.wellspring.cep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A page of docs/ whose Java blocks are patterns, most of them followed by a text block that says what they do with a small stream. */
final class OperatorsPage {
    private static final Path DOCS = Path.of("..", "docs");

    /** What the snippets of all pages may name; taken from the first Java block of docs/cep.md. */
    private static final String PRELUDE = "cep.md";

    private final List<Snippet> snippets;

    private OperatorsPage(List<Snippet> snippets) {
        this.snippets = snippets;
    }

    /**
     * A pattern of a page.
     *
     * @param line where it begins
     * @param picture the first words of the text block's lines with what follows them; empty where there is no such block
     */
    record Snippet(String page, int line, String code, Map<String, String> picture) {
        @Override
        public String toString() {
            return page + ":" + line + " " + code.lines().findFirst().orElse("").strip();
        }
    }

    static String prelude() throws IOException {
        return blocks(PRELUDE).get(0).body();
    }

    static OperatorsPage read(String page) throws IOException {
        List<Block> blocks = blocks(page);
        List<Snippet> snippets = new ArrayList<>();
        for (int i = page.equals(PRELUDE) ? 1 : 0; i < blocks.size(); i++) {
            if (blocks.get(i).language().equals("java")) {
                boolean pictured =
                        i + 1 < blocks.size() && blocks.get(i + 1).language().equals("text");
                snippets.add(new Snippet(
                        page,
                        blocks.get(i).line(),
                        blocks.get(i).body().strip(),
                        pictured ? picture(blocks.get(i + 1).body()) : Map.of()));
            }
        }
        return new OperatorsPage(snippets);
    }

    List<Snippet> snippets() {
        return snippets;
    }

    private record Block(String language, int line, String body) {}

    private static List<Block> blocks(String page) throws IOException {
        List<Block> blocks = new ArrayList<>();
        StringBuilder body = null;
        String language = "";
        int number = 0;
        int begun = 0;
        for (String line : Files.readAllLines(DOCS.resolve(page))) {
            number++;
            if (!line.startsWith("```")) {
                if (body != null) {
                    body.append(line).append('\n');
                }
            } else if (body == null) {
                language = line.substring(3).strip();
                begun = number + 1;
                body = new StringBuilder();
            } else {
                blocks.add(new Block(language, begun, body.toString()));
                body = null;
            }
        }
        return blocks;
    }

    private static Map<String, String> picture(String body) {
        Map<String, String> picture = new LinkedHashMap<>();
        body.lines().forEach(line -> {
            String[] parts = line.strip().split("\\s+", 2);
            picture.put(parts[0], parts.length == 1 ? "" : parts[1].strip());
        });
        return picture;
    }
}
