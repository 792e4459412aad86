package io.wellspring.examples.payments;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.wellspring.examples.run.RunException;
import java.io.IOException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * An event, or changes of timers alone, in a stage's journal, read by the published contract (journal.proto) and not by the code that wrote it.
 *
 * @param event the event, encoded by its stage's codec
 * @param sequence its number among the events of its key, from 1, and from 1 again behind one that made the stage forget the key
 * @param effectIndex its place among the events that one input made the stage persist
 * @param effectSize how many events that input made the stage persist; 0 where this is no event, but changes of timers
 * @param processedMillis when it was processed, by the task's clock, which never goes back
 * @param causeTopic where the input lay that led to it; empty where a timer did
 * @param causeOffset of that input
 */
record JournalRecord(
        byte[] event,
        long sequence,
        int effectIndex,
        int effectSize,
        long processedMillis,
        String causeTopic,
        long causeOffset) {

    static JournalRecord parse(ConsumerRecord<byte[], byte[]> entry) {
        byte[] event = {};
        long sequence = 0;
        int effectIndex = 0;
        int effectSize = 0;
        long processedMillis = 0;
        String causeTopic = "";
        long causeOffset = 0;
        try {
            CodedInputStream in = CodedInputStream.newInstance(entry.value());
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case 2 -> event = in.readByteArray();
                    case 3 -> sequence = in.readUInt64();
                    case 4 -> effectIndex = in.readUInt32();
                    case 5 -> effectSize = in.readUInt32();
                    case 7 -> processedMillis = in.readInt64();
                    case 8 -> causeTopic = in.readStringRequireUtf8();
                    case 9 -> causeOffset = in.readInt64();
                    default -> in.skipField(tag);
                }
            }
        } catch (IOException unreadable) {
            throw new RunException(
                    "The journal record " + entry.topic() + "-" + entry.partition() + "@" + entry.offset()
                            + " is no envelope: " + unreadable.getMessage(),
                    unreadable);
        }
        return new JournalRecord(event, sequence, effectIndex, effectSize, processedMillis, causeTopic, causeOffset);
    }
}
