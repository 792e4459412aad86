package io.wellspring.state;

import io.wellspring.api.StateFormat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/** A list that is stored in parts of three: what is added goes into the open chunk, what is dropped goes chunk by chunk. */
record Chunks(long first, List<String> sealed, String open) {
    static final Chunks EMPTY = new Chunks(0, List.of(), "");

    Chunks add(long number) {
        String longer = open + number + ",";
        if (longer.chars().filter(letter -> letter == ',').count() < 3) {
            return new Chunks(first, sealed, longer);
        }
        var more = new ArrayList<>(sealed);
        more.add(longer);
        return new Chunks(first, List.copyOf(more), "");
    }

    Chunks dropFirst() {
        return sealed.isEmpty() ? this : new Chunks(first + 1, sealed.subList(1, sealed.size()), open);
    }

    /** Counts what is written. */
    static final class Format implements StateFormat<Chunks> {
        int partsSaved;

        @Override
        public String contentName() {
            return "chunks";
        }

        @Override
        public byte[] saveRoot(Chunks state) {
            return bytes(state.first + ";" + state.sealed.size() + ";" + state.open);
        }

        @Override
        public long firstPart(Chunks state) {
            return state.first;
        }

        @Override
        public long endPart(Chunks state) {
            return state.first + state.sealed.size();
        }

        @Override
        public byte[] savePart(Chunks state, long number) {
            partsSaved++;
            return bytes(state.sealed.get((int) (number - state.first)));
        }

        @Override
        public Chunks load(byte[] root, LongFunction<byte[]> parts) {
            String[] fields = text(root).split(";", -1);
            long first = Long.parseLong(fields[0]);
            List<String> sealed = new ArrayList<>();
            for (long number = first; number < first + Long.parseLong(fields[1]); number++) {
                sealed.add(text(parts.apply(number)));
            }
            return new Chunks(first, sealed, fields[2]);
        }

        @Override
        public long weightBytes(Chunks state) {
            return 100 + 20L * state.sealed.size();
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }

        private static String text(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
