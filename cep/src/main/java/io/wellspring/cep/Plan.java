package io.wellspring.cep;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

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
        boolean arrivalOrder,
        Interest interest) {
    static Plan of(Block root, long windowMillis, Skip skip, int maxPartialMatches, boolean arrivalOrder) {
        StepTable steps = PatternChecks.check(root, windowMillis);
        int skipStep = skip.step() == null ? -1 : steps.positive(skip.step(), "a skip strategy");
        Automaton automaton = new AutomatonBuilder(root, steps).build();
        PatternChecks.checkReachable(automaton, root);
        return new Plan(
                steps, automaton, windowMillis, skip, skipStep, maxPartialMatches, arrivalOrder, Interest.of(root));
    }

    /**
     * Changes whenever stored partial matches or journaled changes would mean something else. What the predicates compute, the result and
     * the bound are no part of it.
     */
    int signature() {
        String content = automaton.describe() + windowMillis + skip.kind() + skip.ifMissing() + skipStep;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getInt();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
