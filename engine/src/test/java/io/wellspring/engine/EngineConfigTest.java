package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import io.wellspring.state.StateOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineConfigTest {
    private final EngineConfig config = EngineConfig.forBootstrap("localhost:9092");

    @Test
    void valuesOutsideTheirRangesAreRefusedByName() {
        assertRefused(() -> config.workers(0), "workers=0 is outside 1..256 [EngineConfig]");
        assertRefused(() -> config.workers(257), "workers=257 is outside 1..256 [EngineConfig]");
        assertRefused(
                () -> config.commitInterval(Duration.ZERO), "commitInterval (ms)=0 is outside 1..10000 [EngineConfig]");
        assertRefused(
                () -> config.commitGap(Duration.ofMillis(-1)), "commitGap (ms)=-1 is outside 0..10000 [EngineConfig]");
        assertRefused(
                () -> config.snapshotInterval(Duration.ofMillis(9)),
                "snapshotInterval (ms)=9 is outside 10..86400000 [EngineConfig]");
        assertRefused(() -> config.snapshotStates(0), "snapshotStates=0 is outside 1..100000000 [EngineConfig]");
        assertRefused(
                () -> config.startTimeout(Duration.ofMillis(99)),
                "startTimeout (ms)=99 is outside 100..600000 [EngineConfig]");
        assertRefused(() -> config.bufferRecords(0), "bufferRecords=0 is outside 1..1000000 [EngineConfig]");
        assertRefused(() -> config.tableBytes(0), "tableBytes=0 is outside 1..9223372036854775807 [EngineConfig]");
        assertRefused(
                () -> config.bufferBytes(1_000),
                "bufferBytes=1000 is outside 1048576..9223372036854775807 [EngineConfig]");
        assertRefused(() -> config.snapshotEvents(0), "snapshotEvents=0 is outside 1..1000000000 [EngineConfig]");
        assertRefused(() -> config.cleanStates(-1), "cleanStates=-1 is outside 0..100000000 [EngineConfig]");
        assertRefused(
                () -> config.idleAfter(Duration.ofMillis(9)),
                "idleAfter (ms)=9 is outside 10..86400000 [EngineConfig]");
        assertRefused(
                () -> config.backupInterval(Duration.ofMillis(9)),
                "backupInterval (ms)=9 is outside 10..604800000 [EngineConfig]");
        assertRefused(() -> config.replicationFactor(0), "replicationFactor=0 is outside 1..32767 [EngineConfig]");
    }

    @Test
    void theEndsOfTheRangesAreLegal() {
        assertThat(config.workers(256).workers()).isEqualTo(256);
        assertThat(config.commitGap(Duration.ZERO).commitGap()).isZero();
        assertThat(config.cleanStates(0).cleanStates()).isZero();
        assertThat(config.replicationFactor(-1).replicationFactor()).isEqualTo((short) -1);
    }

    @Test
    void eachChangeGivesACopyAndKeepsTheRest() {
        EngineConfig changed = config.workers(3).stateDir(Path.of("x")).bufferRecords(7);
        assertThat(config.workers()).isEqualTo(1);
        assertThat(changed.workers()).isEqualTo(3);
        assertThat(changed.bufferRecords()).isEqualTo(7);
        assertThat(changed.checked().stateDir()).isEqualTo(Path.of("x"));
        assertThat(changed.bootstrap()).isEqualTo("localhost:9092");
    }

    @Test
    void whatRocksDbUsesIsCheckedAtOnce() {
        assertThat(config.blockCacheBytes(1L << 30)
                        .writeBufferBytes(1L << 28)
                        .openFilesPerTask(20)
                        .stateOptions())
                .isEqualTo(new StateOptions(1L << 30, 1L << 28, 20, 2));
        assertThatThrownBy(() -> config.blockCacheBytes(1L << 20))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("blockCacheBytes=1048576 is below twice writeBufferBytes=50331648");
        assertThatThrownBy(() -> config.openFilesPerTask(19)).isInstanceOf(ConfigException.class);
    }

    @Test
    void anEngineNeedsAStateDirectory() {
        assertRefused(
                config::checked,
                "stateDir is missing [EngineConfig]; give a directory for snapshots, one for each engine, that survives a"
                        + " restart");
    }

    @Test
    void backupsDoNotLieWhereTheyWouldBeLostWithTheState() {
        assertRefused(
                () -> config.stateDir(Path.of("state"))
                        .backups(Path.of("state", "backups"))
                        .checked(),
                "backups=" + Path.of("state", "backups")
                        + " lies below stateDir=state [EngineConfig], and would be lost with it; give a directory that outlives this machine");
    }

    @Test
    void journalsAreNotTrimmedWithoutBackups() {
        assertRefused(
                () -> config.stateDir(Path.of("state")).trimJournals(true).checked(),
                "trimJournals=true without backups [EngineConfig]: what is deleted of a journal could not be rebuilt from"
                        + " anywhere; give backups(directory) too");
    }

    @Test
    void thereAreNoStandbysWhereTheBrokerAssigns() {
        assertRefused(
                () -> config.stateDir(Path.of("state"))
                        .standbys(1)
                        .groupProtocol(GroupProtocol.CONSUMER)
                        .checked(),
                "standbys=1 with groupProtocol=CONSUMER [EngineConfig]: under that protocol the broker assigns, which knows of"
                        + " no standbys; use GroupProtocol.CLASSIC, or backups(...) instead");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  "})
    void anEngineNeedsAnAddress(String address) {
        String message =
                "bootstrap.servers is missing [EngineConfig]; give host:port, one or several separated by commas";
        assertRefused(() -> EngineConfig.forBootstrap(address), message);
        assertRefused(() -> EngineConfig.forClient(Map.of("client.id", "x")), message);
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(ConfigException.class).hasMessage(message);
    }
}
