package io.wellspring.examples.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.examples.payments.Command.Deposit;
import io.wellspring.examples.payments.Input.Ordered;
import org.junit.jupiter.api.Test;

class TortureInputsTest {
    private final TortureInputs inputs = new TortureInputs(3);

    @Test
    void everyInputOnceAndInOrderIsExact() {
        inputs.add("commands", 0, 0, input(1));
        inputs.add("commands", 1, 0, input(3));
        inputs.add("commands", 0, 1, input(2));

        assertThat(inputs.tally()).isEqualTo(new Tally("inputs", 3, 3, 0, 0, 0));
        assertThat(inputs.at("commands", 1, 0)).isEqualTo(input(3));
        assertThat(inputs.at("commands", 1, 1)).isNull();
    }

    @Test
    void whatTheLoadLostRepeatedOrSwappedIsCounted() {
        inputs.add("commands", 0, 0, input(2));
        inputs.add("commands", 0, 1, input(2));
        inputs.add("commands", 0, 2, input(1));

        assertThat(inputs.tally()).isEqualTo(new Tally("inputs", 3, 3, 1, 1, 1));
    }

    private static Input input(long id) {
        return new Ordered(1_000 * id, "a", new Deposit(id, 5));
    }
}
