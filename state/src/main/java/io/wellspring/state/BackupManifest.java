package io.wellspring.state;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The description of one backup: what it is a snapshot of, and the files it is made of. As text, one fact a line, and last the hash of all lines
 * before it, so that a manifest that was not written to its end is none.
 *
 * <pre>
 * wellspring-backup 1
 * mark HEX                    the mark, in the format that snapshots have
 * file SHA-256 BYTES NAME     for each file of the database
 * end SHA-256
 * </pre>
 *
 * @param mark what the backup is a snapshot of
 * @param files the files
 */
record BackupManifest(SnapshotMark mark, List<Part> files) {
    private static final String HEAD = "wellspring-backup 1";

    /**
     * One file of a database.
     *
     * @param name its name in the database
     * @param hash the SHA-256 of its content, by which it is stored
     * @param bytes its size
     */
    record Part(String name, String hash, long bytes) {}

    /** The sum of the journal positions: the more, the shorter the tail. */
    static long position(SnapshotMark mark) {
        return mark.journals().stream().mapToLong(JournalMark::position).sum();
    }

    long bytes() {
        return files.stream().mapToLong(Part::bytes).sum();
    }

    String text() {
        var lines = new StringBuilder(HEAD)
                .append("\nmark ")
                .append(HexFormat.of().formatHex(MarkFormat.encode(mark)))
                .append('\n');
        files.forEach(file -> lines.append("file ")
                .append(file.hash())
                .append(' ')
                .append(file.bytes())
                .append(' ')
                .append(file.name())
                .append('\n'));
        return lines + "end " + hashOf(lines.toString()) + "\n";
    }

    static BackupManifest parse(String text) {
        int end = text.lastIndexOf("end ");
        if (end < 0 || !text.substring(end).equals("end " + hashOf(text.substring(0, end)) + "\n")) {
            throw new CorruptException("it was not written to its end, or was changed since");
        }
        List<String> lines = text.substring(0, end).lines().toList();
        if (lines.size() < 2 || !lines.get(0).equals(HEAD)) {
            throw new CorruptException("it begins with '" + lines.get(0) + "', and this version reads '" + HEAD + "'");
        }
        SnapshotMark mark =
                MarkFormat.decode(HexFormat.of().parseHex(lines.get(1).substring("mark ".length())));
        List<Part> files = new ArrayList<>();
        for (String line : lines.subList(2, lines.size())) {
            String[] words = line.split(" ", 4);
            if (words.length != 4 || !words[3].matches("[a-zA-Z0-9._-]+") || !words[1].matches("[0-9a-f]{64}")) {
                throw new CorruptException("it has a line '" + line + "'");
            }
            files.add(new Part(words[3], words[1], Long.parseLong(words[2])));
        }
        return new BackupManifest(mark, List.copyOf(files));
    }

    /** Whether a text is the beginning of a manifest of this version and has no last line: its writer got no further, and nothing was changed since. */
    static boolean isTorn(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        String head = HEAD + "\n";
        return head.startsWith(text)
                || (text.startsWith(head) && !text.matches("(?s).*\nend [0-9a-f]{64}\n") && text.indexOf('\0') < 0);
    }

    private static String hashOf(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(ContentFiles.sha256().digest(bytes));
    }
}
