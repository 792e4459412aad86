package io.wellspring.journal;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;

/** Group metadata as a consumer would give it. */
final class GroupMember {
    private GroupMember() {}

    // Kafka will make an interface of the class one day; until then there is no other way to name a past generation.
    @SuppressWarnings("removal")
    static ConsumerGroupMetadata of(String group, int generation, String memberId) {
        return new ConsumerGroupMetadata(group, generation, memberId, Optional.empty());
    }
}
