package io.wellspring.state;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.InputMark;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The bytes of a mark: one byte for the format, then the mark. */
final class MarkFormat {
    private static final byte VERSION = 1;

    private MarkFormat() {}

    static byte[] encode(SnapshotMark mark) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(mark.pipeline());
            out.writeUTF(mark.task());
            out.writeInt(mark.journals().size());
            for (JournalMark journal : mark.journals()) {
                out.writeUTF(journal.stage());
                out.writeUTF(journal.topic());
                out.writeUTF(journal.topicId());
                out.writeLong(journal.position());
                out.writeInt(journal.leaderEpoch());
            }
            out.writeInt(mark.inputs().size());
            for (InputMark input : mark.inputs()) {
                out.writeUTF(input.topic());
                out.writeLong(input.position());
            }
            out.writeLong(mark.watermarkMillis());
            out.writeLong(mark.nowMillis());
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail to be written", e);
        }
        return bytes.toByteArray();
    }

    static SnapshotMark decode(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            byte version = in.readByte();
            if (version != VERSION) {
                throw new CorruptException("The snapshot has format " + version + ", this version reads " + VERSION);
            }
            String pipeline = in.readUTF();
            String task = in.readUTF();
            int journalCount = in.readInt();
            List<JournalMark> journals = new ArrayList<>();
            for (int at = 0; at < journalCount; at++) {
                journals.add(new JournalMark(in.readUTF(), in.readUTF(), in.readUTF(), in.readLong(), in.readInt()));
            }
            int inputCount = in.readInt();
            List<InputMark> inputs = new ArrayList<>();
            for (int at = 0; at < inputCount; at++) {
                inputs.add(new InputMark(in.readUTF(), in.readLong()));
            }
            return new SnapshotMark(pipeline, task, journals, inputs, in.readLong(), in.readLong());
        } catch (IOException e) {
            throw new CorruptException("The mark of the snapshot cannot be read", e);
        }
    }
}
