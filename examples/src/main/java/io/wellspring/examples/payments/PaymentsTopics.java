package io.wellspring.examples.payments;

import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import java.util.List;

/**
 * The topics of one run, all keyed by account.
 *
 * @param prefix what their names begin with, empty on a broker of the run's own
 */
record PaymentsTopics(String prefix) {
    static final int PARTITIONS = 4;

    Topic<String, Command> commands() {
        return Topic.of(prefix + "commands", Codecs.utf8(), Codecs.records(Command.class));
    }

    Topic<String, Login> logins() {
        return Topic.of(prefix + "logins", Codecs.utf8(), Codecs.records(Login.class));
    }

    Topic<String, Notice> notices() {
        return Topic.of(prefix + "notices", Codecs.utf8(), Codecs.records(Notice.class));
    }

    Topic<String, LimitDecision> limits() {
        return Topic.of(prefix + "limits", Codecs.utf8(), Codecs.records(LimitDecision.class));
    }

    Topic<String, Alert> alerts() {
        return Topic.of(prefix + "alerts", Codecs.utf8(), Codecs.records(Alert.class));
    }

    List<String> inputNames() {
        return List.of(prefix + "commands", prefix + "logins");
    }

    List<String> names() {
        return List.of(
                prefix + "commands", prefix + "logins", prefix + "notices", prefix + "limits", prefix + "alerts");
    }
}
