package io.wellspring.state;

import io.wellspring.api.port.StateStore.Row;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process that holds a state directory and writes snapshots into it until it is killed; prints each one's number once it is written. */
final class SnapshotsUntilKilled {
    static final String TASK = "payments-3";
    static final int ROWS = 500;

    private SnapshotsUntilKilled() {}

    public static void main(String[] args) {
        var directory = StateDirectory.open(Path.of(args[0]), "payments");
        var store = directory.task(TASK);
        // Ends by itself once nobody reads what it prints, should the test be killed first.
        for (int number = 1; !System.out.checkError(); number++) {
            store.write(rows(number), Marks.at(number));
            System.out.println("written " + number);
        }
    }

    /** As many rows as always, each with the snapshot's number and long enough that the log is written in several parts. */
    private static List<Row> rows(int number) {
        List<Row> rows = new ArrayList<>();
        for (int key = 0; key < ROWS; key++) {
            rows.add(new Row(
                    "ledger",
                    ByteBuffer.allocate(4).putInt(key).array(),
                    ByteBuffer.allocate(200).putInt(number).array()));
        }
        return rows;
    }
}
