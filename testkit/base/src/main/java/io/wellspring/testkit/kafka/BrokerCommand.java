package io.wellspring.testkit.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of a broker's own JVM: this JVM's java and class path, {@link BrokerMain}, and logging at ERROR to
 * standard error, which is the log file.
 *
 * <p>The class path may be jars and directories, one fat jar, or a jar whose manifest lists the rest, as some build tools
 * make for their tests. It goes into an argument file, because operating systems bound the length of a command.
 */
final class BrokerCommand {
    private static final String LOGBACK_CONFIGURATION = """
            <configuration>
              <appender name="ERR" class="ch.qos.logback.core.ConsoleAppender">
                <target>System.err</target>
                <encoder><pattern>%d %-5level [%thread] %logger - %msg%n</pattern></encoder>
              </appender>
              <root level="ERROR"><appender-ref ref="ERR"/></root>
            </configuration>
            """;

    private BrokerCommand() {}

    static List<String> of(BrokerHome home, int heapMegabytes) {
        try {
            Path classPath = Files.writeString(home.directory().resolve("classpath.args"), classPathArguments(), UTF_8);
            Path logback = Files.writeString(home.directory().resolve("logback.xml"), LOGBACK_CONFIGURATION, UTF_8);
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add("-Xmx" + heapMegabytes + "m");
            command.add("-XX:+UseSerialGC");
            command.add("-XX:+ExitOnOutOfMemoryError");
            // Without an effect where the class path has another binding; then its own configuration counts.
            command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
            command.add("-Dorg.slf4j.simpleLogger.logFile=System.err");
            command.add("-Dorg.slf4j.simpleLogger.showDateTime=true");
            command.add("-Dlogback.configurationFile=" + logback);
            command.add("@" + classPath);
            command.add(BrokerMain.class.getName());
            command.add(home.directory().toString());
            command.add(Boolean.toString(home.temporary()));
            return command;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into the broker's directory " + home.directory(), e);
        }
    }

    private static String classPathArguments() {
        String quoted =
                System.getProperty("java.class.path").replace("\\", "\\\\").replace("\"", "\\\"");
        return "-cp \"" + quoted + "\"\n";
    }
}
