package io.wellspring.examples;

import io.wellspring.examples.ledger.LedgerCommand;
import io.wellspring.examples.payments.PaymentsCommand;
import io.wellspring.examples.payments.PipelineCommand;
import io.wellspring.examples.payments.TortureCommand;
import io.wellspring.examples.run.UsageException;
import io.wellspring.examples.weather.WeatherCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The example programs, one subcommand each. Exit status: 0 fine, 1 a run failed or its results are wrong, 2 a mistake in what was asked for. */
@Command(
        name = "wellspring-examples",
        description = "Programs that show Wellspring at work on a real Kafka broker, which they bring along.",
        mixinStandardHelpOptions = true,
        subcommands = {
            PaymentsCommand.class,
            WeatherCommand.class,
            LedgerCommand.class,
            TortureCommand.class,
            PipelineCommand.class
        })
public final class Examples implements Runnable {
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    @Spec
    private CommandSpec spec;

    /** Made by {@link #main}. */
    public Examples() {}

    /**
     * Runs a program and ends the JVM with its status.
     *
     * @param arguments the subcommand and its options
     */
    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    static int execute(String... arguments) {
        return new CommandLine(new Examples())
                .setExecutionExceptionHandler(Examples::explain)
                .execute(arguments);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Choose a program");
    }

    /** Errors are for the person at the terminal: a sentence, and a stack trace only where the program itself is at fault. */
    private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        command.getErr().println(command.getCommandName() + ": " + message(failure));
        if (failure instanceof UsageException) {
            return MISUSED;
        }
        if (!failure.getClass().getName().startsWith("io.wellspring.")) {
            failure.printStackTrace(command.getErr());
        }
        return FAILED;
    }

    private static String message(Exception failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
