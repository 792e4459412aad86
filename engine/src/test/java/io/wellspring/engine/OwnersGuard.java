package io.wellspring.engine;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;

/** Whoever is a member of the group is alive, or its session will tell: nobody may fence it. Stands between an engine and its admin client. */
final class OwnersGuard implements Between {
    private final Supplier<Set<String>> members;

    /** When the group was asked for last: who left since may be fenced, and so may who came since, for that cannot be known. */
    private Set<String> asked = Set.of();

    private OwnersGuard(Supplier<Set<String>> members) {
        this.members = members;
    }

    /**
     * Guards what an admin client is asked for.
     *
     * @param members the group instance ids of the members at present, which are their workers' transactional ids
     */
    static Admin guarding(Admin real, Supplier<Set<String>> members) {
        return Between.put(Admin.class, real, new OwnersGuard(members));
    }

    @Override
    public Object call(Call call) throws Throwable {
        if (call.is("describeConsumerGroups")) {
            asked = members.get();
        } else if (call.is("fenceProducers")) {
            Set<Object> healthy = new HashSet<>((Collection<?>) call.arguments[0]);
            healthy.retainAll(asked);
            healthy.retainAll(members.get());
            if (!healthy.isEmpty()) {
                throw new AssertionError("healthy owners are fenced: " + healthy);
            }
        }
        return call.make();
    }
}
