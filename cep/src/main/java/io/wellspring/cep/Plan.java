package io.wellspring.cep;

/**
 * A checked pattern without its result: what the evaluator runs.
 *
 * @param skipStep the place of the step that the strategy skips to, or -1
 */
record Plan(
        StepTable steps,
        Automaton automaton,
        long windowMillis,
        Skip skip,
        int skipStep,
        int maxPartialMatches,
        boolean arrivalOrder) {
    static Plan of(Block root, long windowMillis, Skip skip, int maxPartialMatches, boolean arrivalOrder) {
        StepTable steps = PatternChecks.check(root, windowMillis);
        int skipStep = skip.step() == null ? -1 : steps.positive(skip.step(), "a skip strategy");
        Automaton automaton = new AutomatonBuilder(root, steps).build();
        PatternChecks.checkReachable(automaton, root);
        return new Plan(steps, automaton, windowMillis, skip, skipStep, maxPartialMatches, arrivalOrder);
    }
}
