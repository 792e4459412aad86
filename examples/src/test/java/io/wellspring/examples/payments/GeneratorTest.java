package io.wellspring.examples.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.examples.payments.Input.LoggedIn;
import io.wellspring.examples.payments.Input.Ordered;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeneratorTest {
    @Test
    void equalSeedsGiveEqualInputs() {
        assertThat(made(5_000, 100, 7)).isEqualTo(made(5_000, 100, 7));
    }

    @Test
    void anotherSeedGivesAnotherInput() {
        assertThat(made(5_000, 100, 7)).isNotEqualTo(made(5_000, 100, 8));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1000, 1", "1000, 3", "30000, 2000", "1000, 100000"})
    void makesAsManyRecordsAsAskedWithRisingTimesAndUniqueIds(long records, int accounts) {
        List<Input> inputs = made(records, accounts, 42);

        assertThat(inputs).hasSize((int) records);
        long last = 0;
        Set<Long> ids = new HashSet<>();
        for (Input input : inputs) {
            assertThat(input.timeMillis()).isGreaterThan(last);
            last = input.timeMillis();
            assertThat(ids.add(id(input))).isTrue();
        }
    }

    @Test
    void everyPlantedTakeoverIsOneAndNoNearMissIs() {
        var generator = new Generator(100_000, 2_000, 42);
        Set<Long> alerts = Expected.of(all(generator)).alerts().keySet();

        assertThat(generator.takeoverDrains()).hasSizeGreaterThan(100).isSubsetOf(alerts);
        assertThat(generator.nearMissDrains()).hasSizeGreaterThan(100).doesNotContainAnyElementsOf(alerts);
    }

    @Test
    void overdraftsAreAmongTheEverydayWithdrawals() {
        long rejected = Expected.of(made(10_000, 100, 42)).notices().values().stream()
                .filter(notice -> notice.value().text().equals("rejected"))
                .count();

        assertThat(rejected).isBetween(100L, 5_000L);
    }

    private static List<Input> made(long records, int accounts, long seed) {
        return all(new Generator(records, accounts, seed));
    }

    private static List<Input> all(Generator generator) {
        List<Input> inputs = new ArrayList<>();
        generator.forEachRemaining(inputs::add);
        return inputs;
    }

    private static long id(Input input) {
        return input instanceof Ordered ordered
                ? ordered.command().id()
                : ((LoggedIn) input).login().id();
    }
}
