package io.wellspring.cep;

import com.google.protobuf.CodedInputStream;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.CodecException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The snapshot format of a matcher's state, one protobuf message. Events and partial matches are written once however many share
 * them; a number refers to an earlier message of that kind, counted from 0.
 *
 * <pre>
 *   message State {
 *     fixed32 plan = 1;            // the pattern's signature
 *     uint64 next_position = 2;
 *     sint64 newest_millis = 3;
 *     repeated Event event = 4;    // uint64 position = 1; sint64 time_millis = 2; uint32 source = 3; bytes value = 4;
 *     repeated Taken taken = 5;    // uint32 event = 1; uint32 step = 2; uint32 parent = 3 (plus one, 0 where there is none);
 *     repeated Run run = 6;        // uint32 state = 1; uint32 taken = 2;
 *     repeated uint32 held = 7;    // taken
 *   }
 * </pre>
 */
final class MatchStateCodec implements Codec<MatchState> {
    private final Signature signature;
    private final int automatonSize;
    private final ValueCodecs values;

    MatchStateCodec(Signature signature, int automatonSize, ValueCodecs values) {
        this.signature = signature;
        this.automatonSize = automatonSize;
        this.values = values;
    }

    @Override
    public String contentName() {
        return "pattern-state:" + values.contentName();
    }

    @Override
    public byte[] encode(MatchState state) {
        return new Writing().state(state);
    }

    @Override
    public MatchState decode(byte[] bytes) {
        var reading = new Reading();
        Wire.read("A pattern's stored state", bytes, reading::field);
        return reading.state();
    }

    private final class Writing {
        private final IdentityHashMap<Occurrence, Integer> events = new IdentityHashMap<>();
        private final IdentityHashMap<Partial, Integer> taken = new IdentityHashMap<>();
        private final List<byte[]> eventMessages = new ArrayList<>();
        private final List<byte[]> takenMessages = new ArrayList<>();

        private byte[] state(MatchState state) {
            for (Run run : state.runs()) {
                addTaken(run.taken());
            }
            state.held().forEach(this::addTaken);
            return Wire.message(out -> {
                out.writeFixed32(1, signature.value());
                out.writeUInt64(2, state.nextPosition());
                out.writeSInt64(3, state.newestMillis());
                for (byte[] event : eventMessages) {
                    out.writeByteArray(4, event);
                }
                for (byte[] one : takenMessages) {
                    out.writeByteArray(5, one);
                }
                for (Run run : state.runs()) {
                    out.writeByteArray(6, Wire.message(field -> {
                        field.writeUInt32(1, run.state());
                        field.writeUInt32(2, taken.get(run.taken()));
                    }));
                }
                for (Partial match : state.held()) {
                    out.writeUInt32(7, taken.get(match));
                }
            });
        }

        /** From the first event on, so that a parent is written before its children, however long the chain. */
        private void addTaken(Partial last) {
            if (taken.containsKey(last)) {
                return;
            }
            for (Partial one : last.inOrder()) {
                if (taken.containsKey(one)) {
                    continue;
                }
                int event = addEvent(one.event());
                int parent = one.parent() == null ? 0 : taken.get(one.parent()) + 1;
                taken.put(one, takenMessages.size());
                takenMessages.add(Wire.message(out -> {
                    out.writeUInt32(1, event);
                    out.writeUInt32(2, one.step());
                    out.writeUInt32(3, parent);
                }));
            }
        }

        private int addEvent(Occurrence event) {
            return events.computeIfAbsent(event, added -> {
                eventMessages.add(Wire.message(out -> {
                    out.writeUInt64(1, added.position());
                    out.writeSInt64(2, added.timeMillis());
                    out.writeUInt32(3, added.source());
                    out.writeByteArray(4, values.encode(added.source(), added.value()));
                }));
                return eventMessages.size() - 1;
            });
        }
    }

    private final class Reading {
        private final List<Occurrence> events = new ArrayList<>();
        private final List<Partial> taken = new ArrayList<>();
        private final List<Run> runs = new ArrayList<>();
        private final List<Partial> held = new ArrayList<>();
        private int written;
        private long nextPosition;
        private long newestMillis;

        private boolean field(int number, CodedInputStream in) throws IOException {
            switch (number) {
                case 1 -> {
                    written = in.readFixed32();
                    signature.check("The stored state", written);
                }
                case 2 -> nextPosition = in.readUInt64();
                case 3 -> newestMillis = in.readSInt64();
                case 4 -> events.add(event(in.readByteArray()));
                case 5 -> taken.add(taken(numbers("partial match", 4, in.readByteArray())));
                case 6 -> runs.add(run(numbers("run", 3, in.readByteArray())));
                case 7 -> held.add(at(taken, in.readUInt32()));
                default -> {
                    return false;
                }
            }
            return true;
        }

        private MatchState state() {
            signature.check("The stored state", written);
            return new MatchState(nextPosition, newestMillis, List.copyOf(runs), List.copyOf(held));
        }

        private Occurrence event(byte[] bytes) {
            var read = new Object() {
                private long position;
                private long time;
                private int source;
                private byte[] value = {};
            };
            Wire.read("An event in a pattern's stored state", bytes, (number, in) -> {
                switch (number) {
                    case 1 -> read.position = in.readUInt64();
                    case 2 -> read.time = in.readSInt64();
                    case 3 -> read.source = in.readUInt32();
                    case 4 -> read.value = in.readByteArray();
                    default -> {
                        return false;
                    }
                }
                return true;
            });
            return new Occurrence(read.position, read.time, read.source, values.decode(read.source, read.value));
        }

        private Partial taken(int[] fields) {
            return new Partial(fields[3] == 0 ? null : at(taken, fields[3] - 1), fields[2], at(events, fields[1]));
        }

        private Run run(int[] fields) {
            if (fields[1] >= automatonSize) {
                throw cut("run", fields[1]);
            }
            return new Run(fields[1], at(taken, fields[2]));
        }

        private int[] numbers(String what, int size, byte[] bytes) {
            int[] fields = new int[size];
            Wire.read("A " + what + " in a pattern's stored state", bytes, (number, in) -> {
                if (number >= size) {
                    return false;
                }
                fields[number] = in.readUInt32();
                return true;
            });
            return fields;
        }

        private <T> T at(List<T> list, int index) {
            if (index < 0 || index >= list.size()) {
                throw cut("reference", index);
            }
            return list.get(index);
        }

        private CodecException cut(String what, int number) {
            return new CodecException("The stored state of pattern " + signature.pattern() + " has a " + what + " "
                    + number + " that points nowhere: the bytes were not written by a pattern's stage, or are cut off");
        }
    }
}
