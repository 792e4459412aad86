package io.wellspring.cep;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * A checked pattern without its result: what the evaluator runs.
 *
 * @param skipStep the place of the step that the strategy skips to, or -1
 * @param counting whether the matches of an event are only counted
 * @param warnings what is allowed but seldom meant
 */
record Plan(
        StepTable steps,
        Automaton automaton,
        Terms terms,
        int skipStep,
        boolean counting,
        Interest interest,
        List<String> warnings) {
    static Plan of(Block root, Terms terms, boolean counting) {
        StepTable steps = PatternChecks.check(root, terms);
        Skip skip = terms.skip();
        int skipStep = skip.step() == null ? -1 : steps.positive(skip.step(), "a skip strategy");
        Automaton automaton = new AutomatonBuilder(root, steps).build();
        PatternChecks.checkReachable(automaton, root, terms);
        List<String> warnings = PatternChecks.warnings(root, terms);
        return new Plan(steps, automaton, terms, skipStep, counting, Interest.of(root), warnings);
    }

    /**
     * Changes whenever stored partial matches or journaled changes would mean something else. What the predicates compute, the result and
     * the bounds are no part of it.
     */
    int signature() {
        String content = automaton.describe() + terms.signature(skipStep);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getInt();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
