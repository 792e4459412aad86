package io.wellspring.examples;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Holds the arrows between the modules. It stands here because only the examples have all modules of the library on one class path; the
 * benchmarks may use anything.
 */
class ArchitectureTest {
    private static final String API = "io.wellspring.api..";
    private static final String JOURNAL = "io.wellspring.journal..";
    private static final String STATE = "io.wellspring.state..";
    private static final String ENGINE = "io.wellspring.engine..";
    private static final String CEP = "io.wellspring.cep..";
    private static final String TESTKIT = "io.wellspring.testkit..";
    private static final String PIPELINE_TESTKIT = "io.wellspring.testkit.pipeline..";
    private static final String EXAMPLES = "io.wellspring.examples..";
    private static final String KAFKA = "org.apache.kafka..";
    private static final String ROCKSDB = "org.rocksdb..";
    private static JavaClasses production;

    @BeforeAll
    static void readClasses() {
        production = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.wellspring");
    }

    @Test
    void everyModuleIsLookedAt() {
        for (String module : new String[] {API, JOURNAL, STATE, ENGINE, CEP, TESTKIT, PIPELINE_TESTKIT, EXAMPLES}) {
            assertThat(production.that(resideInAnyPackage(module)))
                    .describedAs(module)
                    .isNotEmpty();
        }
    }

    @Test
    void apiNeedsTheJdkAndProtobufOnly() {
        check(classes()
                .that()
                .resideInAPackage(API)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(API, "java..", "com.google.protobuf.."));
    }

    @Test
    void journalStateAndPatternsKnowOfOurModulesTheApiOnly() {
        check(noArrow(JOURNAL, STATE, ENGINE, CEP, TESTKIT, EXAMPLES));
        check(noArrow(STATE, JOURNAL, ENGINE, CEP, TESTKIT, EXAMPLES));
        check(noArrow(CEP, JOURNAL, STATE, ENGINE, TESTKIT, EXAMPLES));
    }

    @Test
    void theEngineKnowsNeitherPatternsNorTestsNorExamples() {
        check(noArrow(ENGINE, CEP, TESTKIT, EXAMPLES));
    }

    @Test
    void theTestkitKnowsTheApiOnlyAndThePipelineTestkitTheEngineToo() {
        check(noClasses()
                .that()
                .resideInAPackage(TESTKIT)
                .and()
                .resideOutsideOfPackage(PIPELINE_TESTKIT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(JOURNAL, STATE, ENGINE, CEP, EXAMPLES, PIPELINE_TESTKIT));
        check(noArrow(PIPELINE_TESTKIT, STATE, CEP, EXAMPLES));
    }

    @Test
    void rocksDbIsHiddenInState() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(STATE, EXAMPLES)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROCKSDB));
    }

    @Test
    void kafkaIsUnknownToApiStateAndPatterns() {
        check(noClasses()
                .that()
                .resideInAnyPackage(API, STATE, CEP)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(KAFKA));
    }

    @Test
    void noPublicTypeOfStateShowsRocksDb() {
        check(noClasses()
                .that()
                .resideInAPackage(STATE)
                .and()
                .arePublic()
                .should(dependOnClassesThat(resideInAnyPackage(ROCKSDB))));
    }

    @Test
    void packagesOfTheApiHaveNoCycles() {
        // The vocabulary and its port are one slice: a pipeline holds its graph, whose nodes hold topics, stages and
        // views.
        check(slices().matching("io.wellspring.api.(codec|error)..").should().beFreeOfCycles());
        check(noClasses()
                .that()
                .resideInAPackage("io.wellspring.api.error..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.wellspring.api", "io.wellspring.api.codec..", "io.wellspring.api.port.."));
        check(noClasses()
                .that()
                .resideInAPackage("io.wellspring.api.codec..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.wellspring.api", "io.wellspring.api.port.."));
    }

    @Test
    void namesCarryTheRole() {
        check(noClasses()
                .that(alwaysTrue())
                .should()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveNameMatching(".*Utils?")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Data")
                .orShould()
                .haveSimpleNameEndingWith("Info"));
    }

    @Test
    void noThreadSleepsInTheLibrary() {
        check(noClasses()
                .that()
                .resideInAnyPackage(API, JOURNAL, STATE, ENGINE, CEP)
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(TimeUnit.class, "sleep", long.class));
    }

    private static ArchRule noArrow(String from, String... to) {
        return noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(to);
    }

    private static void check(ArchRule rule) {
        rule.check(production);
    }
}
