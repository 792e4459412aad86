package io.wellspring.state;

import io.wellspring.api.error.ConfigException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Properties;
import java.util.UUID;

/**
 * Whose directory this is, in a file of properties that is written once.
 *
 * @param pipeline the pipeline
 * @param format the version of the layout below the directory
 * @param instanceId random, for as long as the directory exists
 * @param createdAt when it was created
 */
record Identity(String pipeline, int format, String instanceId, Instant createdAt) {
    static final int FORMAT = 1;

    static Identity readOrCreate(Path file, String pipeline, UUID fresh, Instant now) {
        try {
            if (Files.exists(file)) {
                return read(file).requireOf(pipeline, file);
            }
            var created = new Identity(pipeline, FORMAT, fresh.toString(), now);
            DurableFile.replace(file, created.text());
            return created;
        } catch (IOException e) {
            throw new ConfigException(
                    "The identity of the state directory in " + file + " cannot be read or written: " + e
                            + "; see that this user may do both",
                    e);
        }
    }

    private static Identity read(Path file) throws IOException {
        var properties = new Properties();
        try {
            properties.load(new StringReader(Files.readString(file)));
            return new Identity(
                    required(properties, "pipeline"),
                    Integer.parseInt(required(properties, "format")),
                    required(properties, "instance"),
                    Instant.parse(required(properties, "created")));
        } catch (RuntimeException e) {
            throw new ConfigException(
                    "The identity of the state directory in " + file + " is damaged: " + e.getMessage()
                            + "; delete the whole directory, and the state is replayed from the journal",
                    e);
        }
    }

    private static String required(Properties properties, String name) {
        String value = properties.getProperty(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("it has no '" + name + "'");
        }
        return value;
    }

    private Identity requireOf(String wanted, Path file) {
        if (!pipeline.equals(wanted)) {
            throw new ConfigException("The state directory " + file.getParent() + " belongs to pipeline '" + pipeline
                    + "' (created " + createdAt + "), not to '" + wanted
                    + "'; give each pipeline a directory of its own, or delete this one when its pipeline is gone");
        }
        if (format != FORMAT) {
            throw new ConfigException(
                    "The state directory " + file.getParent() + " has format " + format
                            + ", this version of Wellspring reads and writes format " + FORMAT
                            + "; start the version that wrote it, or delete the directory, and the state is replayed from the journal");
        }
        return this;
    }

    private String text() {
        return "# The state directory of a Wellspring pipeline. Do not change it.\npipeline=" + pipeline + "\nformat="
                + format + "\ninstance=" + instanceId + "\ncreated=" + createdAt + "\n";
    }
}
