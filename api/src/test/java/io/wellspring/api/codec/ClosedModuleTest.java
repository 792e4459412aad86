package io.wellspring.api.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records in a named module, compiled here, since the tests themselves are in none. */
class ClosedModuleTest {
    private static Class<?> recordOf(Path dir, String moduleInfo) throws Exception {
        Path source = Files.createDirectories(dir.resolve("src/shut"));
        Path info = Files.writeString(dir.resolve("src/module-info.java"), moduleInfo);
        Path record = Files.writeString(source.resolve("Empty.java"), "package shut; record Empty() {}");
        Path classes = dir.resolve("classes");
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", classes.toString(), info.toString(), record.toString());
        assertThat(result).isZero();
        ModuleLayer parent = ModuleLayer.boot();
        Configuration configuration =
                parent.configuration().resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of("shut.tight"));
        return parent.defineModulesWithOneLoader(configuration, ClosedModuleTest.class.getClassLoader())
                .findLoader("shut.tight")
                .loadClass("shut.Empty");
    }

    @Test
    void refusesARecordInAPackageThatIsNotOpen(@TempDir Path dir) throws Exception {
        Class<?> closed = recordOf(dir, "module shut.tight {}");

        assertThatThrownBy(() -> Codecs.records(closed))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("shut.Empty is closed to Wellspring")
                .hasMessageContaining("add `opens shut;` to the module-info of shut.tight");
    }

    @Test
    void carriesARecordInAPackageThatIsOpen(@TempDir Path dir) throws Exception {
        Class<?> open = recordOf(dir, "module shut.tight { opens shut; }");

        assertThat(Codecs.records(open).decode(new byte[0])).isInstanceOf(open);
    }
}
